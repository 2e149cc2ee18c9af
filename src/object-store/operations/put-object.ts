import { S3Error } from '../errors.ts';
import { type Answer, bucketOf, type Call, keyOf } from '../operation.ts';
import type { Bucket, Precondition } from '../storage/bucket.ts';
import type { Content } from '../storage/content.ts';
import type { ObjectRecord } from '../storage/record.ts';
import { checksumHeaders } from './checksum-headers.ts';
import { writePrecondition } from './conditions.ts';
import { objectHeaders } from './metadata.ts';
import { maximumPut, requireLength } from './shared.ts';

/** PUT /bucket/key */
export async function putObject(call: Call): Promise<Answer> {
  const bucket = bucketOf(call);
  const key = keyOf(call);
  requireLength(call.request);
  const described = objectHeaders(call.request);
  const precondition = writePrecondition(call.request);
  // Before the body is taken: it may be large, and refused afterwards.
  precondition(bucket.index.get(key));
  const body = call.openBody();
  if (body.size > maximumPut) throw new S3Error('EntityTooLarge');
  const content = await bucket.receive(body.bytes);
  const { md5: etag, checksum } = body.digests();
  await putContent(
    bucket,
    { key, size: body.size, modified: call.now, etag, checksum, ...described },
    content,
    precondition,
  );
  return { status: 200, headers: { etag: `"${etag}"`, ...checksumHeaders(checksum) } };
}

/** Makes the received content the object's; it is removed if that fails. */
export async function putContent(
  bucket: Bucket,
  object: Omit<ObjectRecord, 'segments'>,
  content: Content,
  precondition: Precondition,
): Promise<void> {
  const segments = content.kind === 'blob' ? [content.segment] : [];
  await bucket.put({ object: { ...object, segments }, content, precondition, ownsBlobs: true });
}
