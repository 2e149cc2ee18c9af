import { requireAccess } from '../auth/access.ts';
import { parseAlgorithm } from '../body/checksums.ts';
import { hashed, unverifiedDigest } from '../body/digest.ts';
import { S3Error } from '../errors.ts';
import { type Answer, bucketOf, type Call, keyOf } from '../operation.ts';
import { decode, header, type S3Request, utf8 } from '../request.ts';
import type { Bucket, OpenObject } from '../storage/bucket.ts';
import type { ObjectRecord } from '../storage/record.ts';
import { toXml } from '../xml.ts';
import { checksumElements } from './checksum-headers.ts';
import { isUnchanged, writePrecondition } from './conditions.ts';
import { objectHeaders } from './metadata.ts';
import { putContent } from './put-object.ts';
import type { ByteRange } from './range.ts';
import { isoTime, maximumPut } from './shared.ts';

/** PUT /bucket/key with x-amz-copy-source */
export async function copyObject(call: Call): Promise<Answer> {
  const target = bucketOf(call);
  const source = readCopySource(call);
  const described = copiedHeaders(call, source);
  const object = await source.bucket.open(source.key);
  try {
    if (isUnchanged(call.request, object.record, 'x-amz-copy-source-')) throw new S3Error('PreconditionFailed');
    if (object.record.size > maximumPut) throw new S3Error('InvalidRequest', 'The copy source is larger than 5 GiB.');
    const copy = { ...object.record, ...described, key: keyOf(call), modified: call.now, uploadId: undefined };
    const { etag, checksum } = await copyBytes(call, target, source.bucket, object, copy);
    const text = toXml('CopyObjectResult', {
      LastModified: isoTime(call.now),
      ETag: `"${etag}"`,
      ...checksumElements(checksum),
    });
    return { status: 200, body: { kind: 'xml', text } };
  } finally {
    object.release();
  }
}

/** The object that x-amz-copy-source names, as far as the key may read it. */
export function readCopySource(call: Call): { bucket: Bucket; key: string } {
  const [path = '', query] = utf8(header(call.request, 'x-amz-copy-source') ?? '').split('?');
  if (query !== undefined && query !== 'versionId=null') {
    throw new S3Error('NotImplemented', 'This server does not implement versions.');
  }
  const match = /^\/?([^/]+)\/(.+)$/s.exec(decode(path.replaceAll('+', ' ')));
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new S3Error('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  }
  requireAccess(call.grant, match[1]);
  return { bucket: call.store.bucket(match[1]), key: match[2] };
}

/** The bytes that a copied part takes, as far as the conditions hold. Unlike a reader's range, it must lie within the object. */
export function copyRange(request: S3Request, record: ObjectRecord): ByteRange {
  if (isUnchanged(request, record, 'x-amz-copy-source-')) throw new S3Error('PreconditionFailed');
  const text = header(request, 'x-amz-copy-source-range');
  if (text === undefined) return { start: 0, end: record.size };
  const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(text);
  const [start, end] = [Number(match?.[1]), Number(match?.[2]) + 1];
  if (match === null || start >= end) {
    throw new S3Error('InvalidArgument', 'The x-amz-copy-source-range value must be of the form bytes=first-last');
  }
  if (end > record.size) throw new S3Error('InvalidRange');
  return { start, end };
}

/** What replaces the source's headers and metadata: nothing, unless the request says REPLACE. */
function copiedHeaders(call: Call, source: { bucket: Bucket; key: string }): Partial<ObjectRecord> {
  const directive = header(call.request, 'x-amz-metadata-directive') ?? 'COPY';
  if (directive === 'REPLACE') return objectHeaders(call.request);
  if (directive !== 'COPY') throw new S3Error('InvalidArgument', 'Unknown metadata directive.');
  if (source.key === call.request.key && source.bucket.name === call.request.bucket) {
    throw new S3Error(
      'InvalidRequest',
      'This copy request is illegal because it is trying to copy an object to itself without changing its metadata.',
    );
  }
  return {};
}

/** Shares the source's blobs where the copy is the same in all but name; else reads them for what S3 computes anew. */
async function copyBytes(
  call: Call,
  target: Bucket,
  from: Bucket,
  object: OpenObject,
  copy: ObjectRecord,
): Promise<Pick<ObjectRecord, 'etag' | 'checksum'>> {
  const precondition = writePrecondition(call.request);
  const { record } = object;
  const wanted = header(call.request, 'x-amz-checksum-algorithm');
  const algorithm = wanted === undefined ? record.checksum?.algorithm : parseAlgorithm(wanted);
  const isSame = !record.etag.includes('-') && algorithm === record.checksum?.algorithm;
  if (isSame && record.segments.length > 0) {
    const segments = await target.change(() => target.blobs.linkFrom(from.blobs, record.segments));
    await target.put({ object: { ...copy, segments }, precondition, ownsBlobs: true });
    return record;
  }
  const digest = unverifiedDigest(record.size, algorithm);
  const content = await target.receive(hashed(object.read(0, record.size), digest));
  const { md5: etag, checksum } = digest.finish(new Map());
  await putContent(target, { ...copy, etag, checksum }, content, precondition);
  return { etag, checksum };
}
