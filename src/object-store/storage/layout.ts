import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';

// <data>/server.sock            held by the server that uses the folder
//        trash/<id>             being deleted; emptied at start
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

/** Where a bucket is kept; its name must have been checked. */
export function bucketLayout(dataDirectory: string, bucket: string): BucketLayout {
  const folder = join(bucketsFolder(dataDirectory), bucket);
  return {
    folder,
    marker: join(folder, 'bucket.json'),
    records: join(folder, 'records'),
    blobs: join(folder, 'blobs'),
    uploads: join(folder, 'uploads'),
    incoming: join(folder, 'incoming'),
  };
}

/** What is being deleted. */
export function trashFolder(dataDirectory: string): string {
  return join(dataDirectory, 'trash');
}

/** The file of an object's record. */
export function recordPath(layout: BucketLayout, key: string): string {
  return join(layout.records, createHash('sha256').update(key, 'utf8').digest('hex'));
}

/** A name that no other file or upload has. */
export function newId(): string {
  return randomBytes(16).toString('hex');
}
