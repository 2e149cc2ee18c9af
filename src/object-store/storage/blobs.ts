import { closeSync, openSync, read } from 'node:fs';
import { copyFile, link, open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removeFile, syncFolder } from './durable.ts';
import { newId } from './layout.ts';
import type { Segment } from './record.ts';

/** The blobs of a bucket: a blob that is being read is removed after its last reader. */
export class Blobs {
  readonly folder: string;
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Keeps the blobs until the returned function is called. */
  hold(segments: readonly Segment[]): () => void {
    for (const { blob } of segments) this.#readers.set(blob, (this.#readers.get(blob) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (isHeld) for (const { blob } of segments) this.#release(blob);
      isHeld = false;
    };
  }

  /** Removes blobs that no record names any more. What a crash leaves of them is removed at the next start. */
  async remove(segments: readonly Segment[]): Promise<void> {
    for (const { blob } of segments) {
      if (this.#readers.has(blob)) this.#doomed.add(blob);
      else await removeFile(join(this.folder, blob));
    }
  }

  #release(blob: string): void {
    const readers = (this.#readers.get(blob) ?? 1) - 1;
    if (readers > 0) {
      this.#readers.set(blob, readers);
      return;
    }
    this.#readers.delete(blob);
    // Left to the next start if it fails now: there is nobody to tell.
    if (this.#doomed.delete(blob)) removeFile(join(this.folder, blob)).catch(() => undefined);
  }

  /** Bytes `start` to `end` (exclusive) of the segments in a row. */
  async *read(segments: readonly Segment[], start: number, end: number): AsyncGenerator<Buffer> {
    let offset = 0;
    for (const { blob, size } of segments) {
      const [from, to] = [Math.max(0, start - offset), Math.min(size, end - offset)];
      if (from < to) yield* readFileRange(join(this.folder, blob), from, to);
      offset += size;
    }
  }

  /** Gives the segments of another bucket's (or this one's) blobs second names here; they are on disk on return. */
  async linkFrom(source: Blobs, segments: readonly Segment[]): Promise<Segment[]> {
    const linked = segments.map(({ size }) => ({ blob: newId(), size }));
    try {
      for (const [index, { blob }] of segments.entries()) {
        await linkOrCopy(join(source.folder, blob), join(this.folder, linked[index]?.blob ?? ''));
      }
      await syncFolder(this.folder);
      return linked;
    } catch (error) {
      await this.remove(linked);
      throw error;
    }
  }
}

const readSize = 512 * 1024;
const readAsync = promisify(read);

/** The next bytes are read while these are being sent. */
async function* readFileRange(path: string, from: number, to: number): AsyncGenerator<Buffer> {
  const file = openSync(path, 'r');
  let reading = readPiece(file, from, to);
  try {
    for (let position = from; position < to; ) {
      const bytes = await reading;
      if (bytes.length === 0) throw new Error(`${path} is shorter than its record says`);
      position += bytes.length;
      if (position < to) reading = readPiece(file, position, to);
      yield bytes;
    }
  } finally {
    // The file's number must not become another file's under a read.
    await reading.catch(() => undefined);
    closeSync(file);
  }
}

function readPiece(file: number, from: number, to: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(readSize, to - from));
  const piece = readAsync(file, buffer, 0, buffer.length, from).then(({ bytesRead }) => buffer.subarray(0, bytesRead));
  // Whoever waits for it next sees the error; until then it is not unhandled.
  piece.catch(() => undefined);
  return piece;
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch {
    // File systems without hard links, or with too many of them on this file.
    await copyFile(from, to);
    await syncCopy(to);
  }
}

async function syncCopy(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
