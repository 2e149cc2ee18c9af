import { styleText } from 'node:util';

type Colour = Parameters<typeof styleText>[0];

/** Colours text for a stream that is a terminal, unless NO_COLOR says otherwise. */
export function createStyle(stream: { readonly isTTY?: boolean }, env: Readonly<Record<string, string | undefined>>) {
  const on = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  // Which stream it is for has been looked at: Node itself would look at stdout.
  return (colour: Colour, text: string) => (on ? styleText(colour, text, { validateStream: false }) : text);
}
