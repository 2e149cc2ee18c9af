import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { removeQuietly, syncFolder, writeAll } from './durable.ts';
import { newId } from './layout.ts';
import type { Segment } from './record.ts';

/** Received bytes that no record names yet. */
export type Content =
  | { readonly kind: 'inline'; readonly bytes: Buffer }
  | { readonly kind: 'blob'; readonly segment: Segment };

/** Up to this many bytes are kept in the record's own file: one fsync less, one file less. */
const maximumInline = 128 * 1024;

/** Bytes gathered before each write. */
const writeSize = 512 * 1024;

/** Takes a stream to disk: small content into memory, more into a blob that is on disk on return. */
export async function receive(
  bytes: AsyncIterable<Buffer>,
  blobs: string,
  inlineLimit = maximumInline,
): Promise<Content> {
  const writer = new BlobWriter(blobs, inlineLimit);
  try {
    for await (const piece of bytes) await writer.write(piece);
    return await writer.finish();
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

class BlobWriter {
  readonly #path: string;
  readonly #folder: string;
  readonly #id = newId();
  readonly #inlineLimit: number;
  #gathered: Buffer[] = [];
  #gatheredSize = 0;
  #size = 0;
  #handle: FileHandle | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string, inlineLimit: number) {
    this.#folder = folder;
    this.#path = join(folder, this.#id);
    this.#inlineLimit = inlineLimit;
  }

  async write(piece: Buffer): Promise<void> {
    this.#gathered.push(piece);
    this.#gatheredSize += piece.length;
    this.#size += piece.length;
    if (this.#gatheredSize >= writeSize) await this.#flush();
  }

  async finish(): Promise<Content> {
    if (this.#handle === undefined && this.#size <= this.#inlineLimit) return { kind: 'inline', bytes: this.#take() };
    await this.#flush();
    await this.#writing;
    await this.#handle?.sync();
    await this.#handle?.close();
    await syncFolder(this.#folder);
    return { kind: 'blob', segment: { blob: this.#id, size: this.#size } };
  }

  async discard(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#handle?.close().catch(() => undefined);
    await removeQuietly(this.#path);
  }

  /** One write is under way while the next bytes are gathered and hashed. */
  async #flush(): Promise<void> {
    await this.#writing;
    this.#handle ??= await open(this.#path, 'wx', 0o600);
    this.#writing = writeAll(this.#handle, this.#take());
    // Whoever waits for it next sees the error; until then it is not unhandled.
    this.#writing.catch(() => undefined);
  }

  #take(): Buffer {
    const bytes = Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#gatheredSize = 0;
    return bytes;
  }
}
