/** What stands in the place of a secret. */
export const mask = '***';

/** A part of a text, from `start` to before `end`. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** Masks every character that belongs to a secret; where secrets overlap, one mask stands for all of them. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  let shown = '';
  let from = 0;
  for (const { start, end } of findSecrets(text, secrets)) {
    shown += text.slice(from, start) + mask;
    from = end;
  }
  return shown + text.slice(from);
}

/** Where secrets stand, in order; those that overlap are one. */
export function findSecrets(text: string, secrets: readonly string[]): readonly Span[] {
  const found = secrets.flatMap((secret) => occurrences(text, secret)).sort((a, b) => a.start - b.start);
  const merged: Span[] = [];
  for (const span of found) {
    const last = merged.at(-1);
    if (last && span.start < last.end) merged[merged.length - 1] = { ...last, end: Math.max(last.end, span.end) };
    else merged.push(span);
  }
  return merged;
}

/** Also those that overlap themselves. */
function occurrences(text: string, secret: string): Span[] {
  const found: Span[] = [];
  if (secret === '') return found;
  for (let start = text.indexOf(secret); start >= 0; start = text.indexOf(secret, start + 1)) {
    found.push({ start, end: start + secret.length });
  }
  return found;
}

/** Where the end of a text may be the beginning of a secret: its earliest such place, else the text's length. */
export function openEnd(text: string, secrets: readonly string[]): number {
  return secrets.reduce((earliest, secret) => Math.min(earliest, openEndOf(text, secret)), text.length);
}

function openEndOf(text: string, secret: string): number {
  const first = secret.charAt(0);
  const from = Math.max(0, text.length - secret.length + 1);
  for (let start = text.indexOf(first, from); start >= 0; start = text.indexOf(first, start + 1)) {
    if (secret.startsWith(text.slice(start))) return start;
  }
  return text.length;
}
