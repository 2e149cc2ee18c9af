import { readFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Error } from '../errors.ts';
import { Blobs } from './blobs.ts';
import { type Content, receive } from './content.ts';
import { allOf, removeFile, syncFolder, writeNewFile } from './durable.ts';
import { type BucketLayout, newId, recordPath } from './layout.ts';
import { Locks } from './locks.ts';
import type { Take } from './read-file.ts';
import { decodeRecord, encodeRecord, type ObjectRecord } from './record.ts';
import { SortedMap } from './sorted-map.ts';
import type { Upload } from './upload.ts';

/** What a listing tells of an object, and where its bytes are; the index holds this much of each. */
export type ObjectSummary = Pick<ObjectRecord, 'size' | 'modified' | 'etag' | 'checksum' | 'segments'>;

/** An object opened for reading: it stays whole until it is released, whatever happens to its key. */
export interface OpenObject {
  readonly record: ObjectRecord;
  /** Bytes `start` to `end` (exclusive), to keep. */
  read(start: number, end: number): AsyncIterable<Buffer>;
  /** Hands on bytes `start` to `end` (exclusive); quicker, as their memory is used again. */
  send(start: number, end: number, take: Take): Promise<void>;
  release(): void;
}

/** An object to take the place of what its key names now. */
interface Replacement {
  readonly object: ObjectRecord;
  /** What was received for it: its bytes, if it has no segments. */
  readonly content?: Content;
  readonly precondition: Precondition;
  /** Whether the segments' blobs are to be removed if the object does not get its place. */
  readonly ownsBlobs: boolean;
}

/** Decides by the current object whether a change may happen; throws S3's error if not. */
export type Precondition = (current: ObjectSummary | undefined) => void;

/** A bucket's objects: the files are the truth, the index of all keys is rebuilt from them at start. */
export class Bucket {
  readonly name: string;
  /** In milliseconds. */
  readonly created: number;
  readonly layout: BucketLayout;
  readonly blobs: Blobs;
  readonly index = new SortedMap<ObjectSummary>();
  readonly uploads = new Map<string, Upload>();
  /** By key. */
  readonly locks = new Locks();
  #changes = 0;
  #isDeleted = false;

  constructor(name: string, created: number, layout: BucketLayout) {
    this.name = name;
    this.created = created;
    this.layout = layout;
    this.blobs = new Blobs(layout.blobs);
  }

  /** The object under the key; NoSuchKey without one. */
  async open(key: string): Promise<OpenObject> {
    return await this.locks.run(key, async () => {
      const file = this.#readRecord(key);
      if (file === undefined) throw new S3Error('NoSuchKey');
      const { record, inline } = file;
      const { segments } = record;
      const release = this.blobs.hold(segments);
      if (segments.length === 0) return { record, release, ...ofBytes(inline) };
      const read = (start: number, end: number) => this.blobs.read(segments, start, end);
      const send = (start: number, end: number, take: Take) => this.blobs.send(segments, [start, end], take);
      return { record, release, read, send };
    });
  }

  /** Takes bytes in, to disk (more than `inlineLimit` of them), for a later `put` or part. */
  async receive(bytes: AsyncIterable<Buffer>, inlineLimit?: number): Promise<Content> {
    return await this.change(() => receive(bytes, this.blobs.folder, inlineLimit));
  }

  /** Puts the object under its key, whole or not at all; it is on disk on return. */
  async put({ object, content, precondition, ownsBlobs }: Replacement): Promise<void> {
    const temporary = join(this.layout.incoming, newId());
    const summary = summaryOf(object);
    await this.change(async () => {
      try {
        const inline = content?.kind === 'inline' ? content.bytes : empty;
        const received = content?.kind === 'blob' ? [content.onDisk] : [];
        await allOf([writeNewFile(temporary, encodeRecord(object, inline)), ...received]);
        await this.locks.run(object.key, () => this.#replace(object.key, summary, temporary, precondition));
      } catch (error) {
        await removeFile(temporary);
        const isInPlace = this.index.get(object.key) === summary;
        if (ownsBlobs && !isInPlace) await this.blobs.remove(object.segments);
        throw error;
      }
    });
  }

  /** Removes the object, if there is one; it is gone from the disk on return. */
  async delete(key: string, precondition: Precondition = () => undefined): Promise<void> {
    await this.change(() =>
      this.locks.run(key, async () => {
        const old = this.index.get(key);
        precondition(old);
        if (old === undefined) return;
        await removeFile(recordPath(this.layout, key));
        this.index.delete(key);
        await syncFolder(this.layout.records);
        await this.blobs.remove(old.segments);
      }),
    );
  }

  /** Does work that changes the bucket's files, during which the bucket cannot be deleted. */
  async change<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isDeleted) throw new S3Error('NoSuchBucket');
    this.#changes += 1;
    try {
      return await work();
    } finally {
      this.#changes -= 1;
    }
  }

  /** From here on the bucket takes no change; BucketNotEmpty while it has objects or one is being changed. */
  markDeleted(): void {
    if (this.index.size > 0 || this.#changes > 0) throw new S3Error('BucketNotEmpty');
    this.#isDeleted = true;
  }

  async #replace(key: string, summary: ObjectSummary, temporary: string, precondition: Precondition): Promise<void> {
    const old = this.index.get(key);
    precondition(old);
    await rename(temporary, recordPath(this.layout, key));
    try {
      await syncFolder(this.layout.records);
    } finally {
      // Even if the disk did not say that it has the new name, it is the one that is there.
      this.index.set(key, summary);
    }
    if (old !== undefined) await this.blobs.remove(old.segments);
  }

  /** Synchronous: it is small and mostly in memory still, and the way through the thread pool takes several times as long. */
  #readRecord(key: string): { record: ObjectRecord; inline: Buffer } | undefined {
    if (this.index.get(key) === undefined) return undefined;
    const path = recordPath(this.layout, key);
    const decoded = decodeRecord(readFileSync(path));
    if (decoded === undefined) throw new Error(`the record ${path} is damaged`);
    return decoded;
  }
}

const empty = Buffer.alloc(0);

/** The part of a record that the index holds. */
export function summaryOf({ size, modified, etag, checksum, segments }: ObjectRecord): ObjectSummary {
  return { size, modified, etag, checksum, segments };
}

function ofBytes(bytes: Buffer): Pick<OpenObject, 'read' | 'send'> {
  return {
    async *read(start, end) {
      yield bytes.subarray(start, end);
    },
    send: (start, end, take) => take(bytes.subarray(start, end)),
  };
}
