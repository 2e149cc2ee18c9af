import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Error } from '../errors.ts';
import type { Bucket, Precondition } from './bucket.ts';
import { allOf, makeFolder, removeQuietly, syncFolder, writeNewFile } from './durable.ts';
import { newId } from './layout.ts';
import type { ObjectRecord } from './record.ts';
import { makeUpload, type Part, type ReceivedPart, type Upload, type UploadStart } from './upload.ts';

/** Begins an upload; it is on disk on return. */
export async function createUpload(bucket: Bucket, start: UploadStart): Promise<void> {
  await bucket.change(async () => {
    const folder = join(bucket.layout.uploads, start.id);
    await makeFolder(folder);
    await writeNewFile(join(folder, 'upload.json'), JSON.stringify(start));
    await syncFolder(folder);
    bucket.uploads.set(start.id, makeUpload(start, []));
  });
}

/** The upload under way for that key; NoSuchUpload without one. */
export function findUpload(bucket: Bucket, key: string, id: string | undefined): Upload {
  const upload = bucket.uploads.get(id ?? '');
  if (upload?.key !== key) throw new S3Error('NoSuchUpload');
  return upload;
}

/** Adds a part, in place of the one that had its number; it is on disk on return. */
export async function putPart(bucket: Bucket, upload: Upload, { part, onDisk }: ReceivedPart): Promise<Part> {
  const temporary = join(bucket.layout.incoming, newId());
  await bucket.change(async () => {
    try {
      await allOf([writeNewFile(temporary, JSON.stringify(part)), onDisk]);
      await exclusively(bucket, upload, async () => {
        const folder = join(bucket.layout.uploads, upload.id);
        const old = upload.parts.get(part.number);
        await rename(temporary, join(folder, String(part.number)));
        upload.parts.set(part.number, part);
        await syncFolder(folder);
        if (old !== undefined) await bucket.blobs.remove([old.segment]);
      });
    } catch (error) {
      await removeQuietly(temporary);
      if (upload.parts.get(part.number) !== part) await bucket.blobs.remove([part.segment]);
      throw error;
    }
  });
  return part;
}

/** Makes the object of the upload's chosen parts and ends the upload; the object is on disk on return. */
export async function completeUpload(
  bucket: Bucket,
  upload: Upload,
  makeObject: () => { object: ObjectRecord; precondition: Precondition },
): Promise<ObjectRecord> {
  return await exclusively(bucket, upload, async () => {
    const { object, precondition } = makeObject();
    // The object shares the parts' blobs. Should we die before the upload is removed, the
    // object's record names the upload, and the next start removes it without its blobs.
    await bucket.put({ object, precondition, ownsBlobs: false });
    await endUpload(bucket, upload, new Set(object.segments.map(({ blob }) => blob)));
    return object;
  });
}

/** Ends the upload and removes its parts. */
export async function abortUpload(bucket: Bucket, upload: Upload): Promise<void> {
  await exclusively(bucket, upload, () => endUpload(bucket, upload, new Set()));
}

async function exclusively<T>(bucket: Bucket, upload: Upload, work: () => Promise<T>): Promise<T> {
  return await upload.locks.run('', () => {
    if (bucket.uploads.get(upload.id) !== upload) throw new S3Error('NoSuchUpload');
    return bucket.change(work);
  });
}

async function endUpload(bucket: Bucket, upload: Upload, kept: ReadonlySet<string>): Promise<void> {
  bucket.uploads.delete(upload.id);
  await removeQuietly(join(bucket.layout.uploads, upload.id));
  await syncFolder(bucket.layout.uploads);
  const segments = [...upload.parts.values()].map(({ segment }) => segment);
  await bucket.blobs.remove(segments.filter(({ blob }) => !kept.has(blob)));
}
