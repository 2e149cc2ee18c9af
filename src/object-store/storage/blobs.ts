import { copyFile, link } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFile, syncFolder, syncPath } from './durable.ts';
import { newId } from './layout.ts';
import { readFileRange, sendFileRange, type Take } from './read-file.ts';
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

  /** Bytes `start` to `end` (exclusive) of the segments in a row, in pieces that the reader may keep. */
  async *read(segments: readonly Segment[], start: number, end: number): AsyncGenerator<Buffer> {
    for (const { blob, from, to } of within(segments, start, end)) {
      yield* readFileRange(join(this.folder, blob), from, to);
    }
  }

  /** Hands on bytes `start` to `end` (exclusive) of the segments in a row. */
  async send(segments: readonly Segment[], [start, end]: readonly [number, number], take: Take): Promise<void> {
    for (const { blob, from, to } of within(segments, start, end)) {
      await sendFileRange(join(this.folder, blob), from, to, take);
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

/** Which bytes of which blobs those from `start` to `end` (exclusive) are. */
function within(segments: readonly Segment[], start: number, end: number) {
  let offset = 0;
  return segments.flatMap(({ blob, size }) => {
    const [from, to] = [Math.max(0, start - offset), Math.min(size, end - offset)];
    offset += size;
    return from < to ? [{ blob, from, to }] : [];
  });
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch {
    // File systems without hard links, or with too many of them on this file.
    await copyFile(from, to);
    await syncPath(to);
  }
}
