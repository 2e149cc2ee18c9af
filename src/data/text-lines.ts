import { Failure } from '../failure.ts';

/** A piece of a text with the line on which it begins, counted from 1. */
export interface Line {
  readonly text: string;
  readonly line: number;
}

/** The most characters that one row may have, so that a file without line ends cannot fill the memory. */
export const longestRow = 16 * 1024 * 1024;

/** UTF-8 bytes as text, without a byte order mark; an invalid Failure that names the file for anything else. */
export async function* decodeUtf8(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (error) {
      throw new Failure('invalid', { what: `${name} is not UTF-8 text`, next: 'Save it as UTF-8', cause: error });
    }
  };
  for await (const chunk of chunks) yield decode(chunk);
  yield decode();
}

/** The lines of a text that comes in pieces, without their ends. */
export async function* splitLines(texts: AsyncIterable<string>, name: string): AsyncGenerator<Line> {
  let rest = '';
  let line = 1;
  for await (const text of texts) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const each of lines) yield { text: each.replace(/\r$/, ''), line: line++ };
    checkLength(rest.length, name, line);
  }
  if (rest !== '') yield { text: rest.replace(/\r$/, ''), line };
}

/** Throws an invalid Failure for a row that is longer than any row is. */
export function checkLength(length: number, name: string, line: number): void {
  if (length <= longestRow) return;
  throw new Failure('invalid', {
    what: `${name}:${line}: a row without an end`,
    why: `${longestRow / 1024 / 1024} MiB were read, and it still went on`,
    next: 'Put each row on a line of its own',
  });
}
