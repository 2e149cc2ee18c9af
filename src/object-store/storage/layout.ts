import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';

// <data>/server.sock            held by the server that uses the folder
//        limbo/<id>             buckets being made or deleted; emptied at start
//        buckets/<name>/        one folder a bucket
//          bucket.json          when it was made
//          records/<hash>       one file an object, named by its key's hash: metadata, and small objects' bytes
//          blobs/<id>           bytes of larger objects and of parts, never changed once written
//          uploads/<id>/        one folder a multipart upload: upload.json, and <number> for each part
//          incoming/<id>        being written; emptied at start
// Keys are never file names: no key can leave the folder, be too long, or be in another's way.

/** The folders and files of one bucket. */
export interface BucketLayout {
  readonly folder: string;
  readonly marker: string;
  readonly records: string;
  readonly blobs: string;
  readonly uploads: string;
  readonly incoming: string;
}

/** Where all buckets are. */
export function bucketsFolder(dataDirectory: string): string {
  return join(dataDirectory, 'buckets');
}

/** What is where in a bucket's folder. */
export function bucketLayout(folder: string): BucketLayout {
  return {
    folder,
    marker: join(folder, 'bucket.json'),
    records: join(folder, 'records'),
    blobs: join(folder, 'blobs'),
    uploads: join(folder, 'uploads'),
    incoming: join(folder, 'incoming'),
  };
}

/** Where buckets are made and deleted. */
export function limboFolder(dataDirectory: string): string {
  return join(dataDirectory, 'limbo');
}

/** The file of an object's record. */
export function recordPath(layout: BucketLayout, key: string): string {
  return join(layout.records, createHash('sha256').update(key, 'utf8').digest('hex'));
}

/** A name that no other file or upload has. */
export function newId(): string {
  return randomBytes(16).toString('hex');
}
