import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { allOf, createFile, handled, removeFile, syncFile, syncFolder, writeAll } from './durable.ts';
import { newId } from './layout.ts';
import type { Segment } from './record.ts';

/** Received bytes that no record names yet; a blob is to be named by one once it is `onDisk`. */
export type Content =
  | { readonly kind: 'inline'; readonly bytes: Buffer }
  | { readonly kind: 'blob'; readonly segment: Segment; readonly onDisk: Promise<void> };

/** Up to this many bytes are kept in the record's own file: one fsync less, one file less. */
const maximumInline = 128 * 1024;

/** Bytes gathered before each write. */
const writeSize = 512 * 1024;
const maximumPieces = 64;

/** Takes a stream to disk: small content into memory, more into a blob. */
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
  #file: number | undefined;
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
    if (this.#file === undefined && this.#size <= this.#inlineLimit) {
      return { kind: 'inline', bytes: Buffer.concat(this.#take()) };
    }
    const file = await this.#flush();
    await this.#writing;
    const onDisk = handled(sync(file, this.#folder));
    return { kind: 'blob', segment: { blob: this.#id, size: this.#size }, onDisk };
  }

  async discard(): Promise<void> {
    await this.#writing.catch(() => undefined);
    this.#close();
    await removeFile(this.#path);
  }

  /** One write is under way while the next bytes are gathered and hashed. */
  async #flush(): Promise<number> {
    await this.#writing;
    this.#file ??= await createFile(this.#path);
    this.#writing = handled(writeAll(this.#file, this.#take()));
    return this.#file;
  }

  #take(): Buffer[] {
    const pieces = this.#gathered;
    this.#gathered = [];
    this.#gatheredSize = 0;
    // Copying is cheaper than a write of very many pieces.
    return pieces.length > maximumPieces ? [Buffer.concat(pieces)] : pieces;
  }

  #close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

/** Has the file and its name on disk on return, and closes it. At once, so that a journal is committed once for both. */
async function sync(file: number, folder: string): Promise<void> {
  await allOf([syncFile(file), syncFolder(folder)]).finally(() => closeSync(file));
}
