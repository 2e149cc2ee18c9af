import { closeSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { handled } from './durable.ts';

/** Takes bytes on their way out. They are the taker's until what it returns has settled, and are written over then. */
export type Take = (bytes: Buffer) => Promise<void>;

const readAsync = promisify(read);

const pieceSize = 512 * 1024;

/** Bytes `from` to `to` (exclusive) of a file, in pieces that the reader may keep. */
export async function* readFileRange(path: string, from: number, to: number): AsyncGenerator<Buffer> {
  const file = openSync(path, 'r');
  try {
    for (let position = from; position < to; ) {
      const bytes = await readPiece(file, Buffer.allocUnsafe(Math.min(pieceSize, to - position)), position);
      if (bytes.length === 0) throw tooShort(path);
      position += bytes.length;
      yield bytes;
    }
  } finally {
    closeSync(file);
  }
}

/** Hands on bytes `from` to `to` (exclusive) of a file; the next ones are read while some are being taken. */
export async function sendFileRange(path: string, from: number, to: number, take: Take): Promise<void> {
  const file = openSync(path, 'r');
  const buffers: Buffer[] = [];
  let pieces = 0;
  const readAt = (position: number) => {
    const buffer = buffers[pieces % 2] ?? borrow(to - position);
    buffers[pieces % 2] = buffer;
    pieces += 1;
    return handled(readPiece(file, buffer.subarray(0, to - position), position));
  };
  let reading = readAt(from);
  let taking = Promise.resolve();
  try {
    for (let position = from; position < to; ) {
      const bytes = await reading;
      if (bytes.length === 0) throw tooShort(path);
      position += bytes.length;
      await taking;
      taking = handled(take(bytes));
      if (position < to) reading = readAt(position);
    }
    await taking;
  } finally {
    // Neither the file's number nor a buffer may become another's while it is in use.
    await Promise.allSettled([reading, taking]);
    closeSync(file);
    for (const buffer of buffers) giveBack(buffer);
  }
}

async function readPiece(file: number, buffer: Buffer, position: number): Promise<Buffer> {
  const { bytesRead } = await readAsync(file, buffer, 0, buffer.length, position);
  return buffer.subarray(0, bytesRead);
}

function tooShort(path: string): Error {
  return new Error(`${path} is shorter than its record says`);
}

/** Used again and again: new memory for each piece can cost as much as reading it. */
const idle: Buffer[] = [];
const maximumIdle = 64;
const minimumLent = 64 * 1024;

function borrow(size: number): Buffer {
  return size < minimumLent ? Buffer.allocUnsafe(size) : (idle.pop() ?? Buffer.allocUnsafeSlow(pieceSize));
}

function giveBack(buffer: Buffer): void {
  if (buffer.length === pieceSize && idle.length < maximumIdle) idle.push(buffer);
}
