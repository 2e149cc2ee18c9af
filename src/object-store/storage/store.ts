import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Error } from '../errors.ts';
import { Bucket } from './bucket.ts';
import { makeFolder, removeQuietly, syncFolder, writeNewFile } from './durable.ts';
import { type BucketLayout, bucketLayout, bucketsFolder, limboFolder, newId } from './layout.ts';
import { loadBucket } from './load.ts';
import { Locks } from './locks.ts';

/** All buckets of a data folder. */
export class Store {
  readonly #folder: string;
  readonly #limbo: string;
  readonly #buckets = new Map<string, Bucket>();
  readonly #locks = new Locks();

  private constructor(dataDirectory: string) {
    this.#folder = bucketsFolder(dataDirectory);
    this.#limbo = limboFolder(dataDirectory);
  }

  /** Reads the data folder, making it if need be, and removes what a crash left in it. */
  static async open(dataDirectory: string, log: (line: string) => void): Promise<Store> {
    const store = new Store(dataDirectory);
    await removeQuietly(store.#limbo);
    for (const folder of [store.#folder, store.#limbo]) await makeFolder(folder);
    for (const entry of await readdir(store.#folder, { withFileTypes: true })) {
      const { name } = entry;
      if (entry.isDirectory() && isBucketName(name))
        store.#buckets.set(name, await loadBucket(name, bucketLayout(join(store.#folder, name)), log));
      else log(`${join(store.#folder, name)} is no bucket; it is left alone`);
    }
    return store;
  }

  /** In the order of their names. */
  list(): Bucket[] {
    return [...this.#buckets.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** The bucket; NoSuchBucket without one. */
  bucket(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw new S3Error('NoSuchBucket');
    return bucket;
  }

  /** Makes a bucket, whole or not at all; it is on disk on return. */
  async create(name: string, created: number): Promise<void> {
    if (!isBucketName(name)) throw new S3Error('InvalidBucketName');
    await this.#locks.run(name, async () => {
      if (this.#buckets.has(name)) throw new S3Error('BucketAlreadyOwnedByYou');
      const unfinished = bucketLayout(join(this.#limbo, newId()));
      await makeBucketFolders(unfinished, created);
      const layout = bucketLayout(join(this.#folder, name));
      await rename(unfinished.folder, layout.folder);
      await syncFolder(this.#folder);
      this.#buckets.set(name, new Bucket(name, created, layout));
    });
  }

  /** Removes an empty bucket; it is gone from the disk on return. */
  async delete(name: string): Promise<void> {
    await this.#locks.run(name, async () => {
      const bucket = this.bucket(name);
      bucket.markDeleted();
      this.#buckets.delete(name);
      const doomed = join(this.#limbo, newId());
      await rename(bucket.layout.folder, doomed);
      await syncFolder(this.#folder);
      await removeQuietly(doomed);
    });
  }
}

async function makeBucketFolders(layout: BucketLayout, created: number): Promise<void> {
  await mkdir(layout.folder, { mode: 0o700 });
  for (const folder of [layout.records, layout.blobs, layout.uploads, layout.incoming])
    await mkdir(folder, { mode: 0o700 });
  await writeNewFile(layout.marker, JSON.stringify({ created }));
  await syncFolder(layout.folder);
}

/** S3's rules for the names of buckets. */
function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..') && !/^\d+\.\d+\.\d+\.\d+$/.test(name);
}
