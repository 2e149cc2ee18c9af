import type { Writable } from 'node:stream';
import { type Following, readLines } from '../tools/read-lines.ts';
import { parseLogLine } from './log.ts';
import type { Onlookers } from './output.ts';

/** Writes out again what a run has written, each stream to its own; with `following`, also what is still to come. */
export async function replayLog(file: string, { stdout, stderr }: Onlookers, following?: Following): Promise<void> {
  for await (const line of readLines(file, following)) {
    const piece = parseLogLine(line);
    if (piece) await write(piece.stream === 'stdout' ? stdout : stderr, piece.text);
  }
}

function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => stream.write(text, (error) => (error ? reject(error) : resolve())));
}
