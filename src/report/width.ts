let segmenter: Intl.Segmenter | undefined;

/** Made when it is first needed: that takes longer than all else a short command does. */
function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** East Asian scripts, their punctuation and full-width forms, and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  // Most names are ASCII, and segmenting is slow.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  return [...graphemesOf(text)].reduce((width, { segment }) => width + (wide.test(segment) ? 2 : 1), 0);
}

/** The beginning of a text that fits into so many columns, with `…` where something was cut off. */
export function clip(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let clipped = '';
  let width = 1;
  for (const { segment } of graphemesOf(text)) {
    width += widthOf(segment);
    if (width > columns) break;
    clipped += segment;
  }
  return `${clipped}…`;
}
