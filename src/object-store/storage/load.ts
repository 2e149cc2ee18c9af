import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Bucket, summaryOf } from './bucket.ts';
import { makeFolder, removeQuietly } from './durable.ts';
import type { BucketLayout } from './layout.ts';
import { decodeRecordHead, type ObjectRecord } from './record.ts';
import { makeUpload, type Part, type Upload, type UploadStart } from './upload.ts';

/** Reads a bucket from its folder and removes what a crash left there. */
export async function loadBucket(name: string, layout: BucketLayout, log: (line: string) => void): Promise<Bucket> {
  const bucket = new Bucket(name, await readCreated(layout), layout);
  await removeQuietly(layout.incoming);
  for (const folder of [layout.records, layout.blobs, layout.uploads, layout.incoming]) await makeFolder(folder);
  const usage = await loadRecords(bucket);
  await loadUploads(bucket, usage);
  const { damaged } = usage;
  // Which blobs a damaged record names is not known, so none is removed: a person may yet mend it.
  if (damaged.length === 0) await removeUnused(bucket, usage);
  else log(`bucket ${name}: ${damaged.length} damaged records, the first is ${damaged[0]}; no blobs were swept`);
  return bucket;
}

/** A bucket whose marker is damaged is a bucket nevertheless. */
async function readCreated(layout: BucketLayout): Promise<number> {
  const marker = await readJson(layout.marker);
  if (marker !== undefined && 'created' in marker && typeof marker.created === 'number') return marker.created;
  return Math.floor((await stat(layout.folder)).mtimeMs);
}

/** What the files of a bucket refer to. */
interface Usage {
  readonly blobs: Set<string>;
  readonly completedUploads: Set<string>;
  readonly damaged: string[];
}

async function loadRecords(bucket: Bucket): Promise<Usage> {
  const usage: Usage = { blobs: new Set(), completedUploads: new Set(), damaged: [] };
  const names = (await readdir(bucket.layout.records)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  for (const name of names) {
    const path = join(bucket.layout.records, name);
    const record = readRecord(path);
    if (record === undefined) {
      usage.damaged.push(path);
      continue;
    }
    bucket.index.set(record.key, summaryOf(record));
    for (const { blob } of record.segments) usage.blobs.add(blob);
    if (record.uploadId !== undefined) usage.completedUploads.add(record.uploadId);
  }
  return usage;
}

async function loadUploads(bucket: Bucket, usage: Usage): Promise<void> {
  const blobs = new Set(await readdir(bucket.layout.blobs));
  for (const id of await readdir(bucket.layout.uploads)) {
    const folder = join(bucket.layout.uploads, id);
    const upload = usage.completedUploads.has(id) ? undefined : await readUpload(folder, blobs);
    if (upload === undefined) {
      await removeQuietly(folder);
      continue;
    }
    bucket.uploads.set(id, upload);
    for (const { segment } of upload.parts.values()) usage.blobs.add(segment.blob);
  }
}

async function readUpload(folder: string, blobs: ReadonlySet<string>): Promise<Upload | undefined> {
  const start = await readJson(join(folder, 'upload.json'));
  if (start === undefined) return undefined;
  const names = (await readdir(folder)).filter((name) => /^\d+$/.test(name));
  const parts = await Promise.all(names.map((name) => readPart(join(folder, name), blobs)));
  return makeUpload(
    start as UploadStart,
    parts.filter((part) => part !== undefined),
  );
}

/**
 * A part whose blob is gone had become an object's, which was replaced or deleted before the end of the upload was on
 * disk: it must not become one again.
 */
async function readPart(path: string, blobs: ReadonlySet<string>): Promise<Part | undefined> {
  const part = (await readJson(path)) as Part | undefined;
  if (part === undefined || blobs.has(part.segment.blob)) return part;
  await removeQuietly(path);
  return undefined;
}

async function removeUnused(bucket: Bucket, usage: Usage): Promise<void> {
  for (const blob of await readdir(bucket.layout.blobs)) {
    if (!usage.blobs.has(blob)) await removeQuietly(join(bucket.layout.blobs, blob));
  }
}

/** Enough for the line of most records: only their own bytes follow it. */
const headSize = 4096;

/** Synchronous: there may be very many, nobody is served yet, and each takes a fraction of the time so. */
function readRecord(path: string): ObjectRecord | undefined {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(headSize);
    const read = head.subarray(0, readSync(file, head, 0, headSize, 0));
    return decodeRecordHead(read.includes(0x0a) ? read : readFileSync(path), fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}

/** A file's JSON; undefined where there is no such file, or it is not whole. */
async function readJson(path: string): Promise<object | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
    if (isAbsent || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
