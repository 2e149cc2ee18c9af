import { type Checksum, type ChecksumAlgorithm, parseAlgorithm } from '../body/checksums.ts';
import { hashed, unverifiedDigest } from '../body/digest.ts';
import { S3Error } from '../errors.ts';
import { type Answer, bucketOf, type Call, keyOf } from '../operation.ts';
import { header, parameter, type S3Request } from '../request.ts';
import { newId } from '../storage/layout.ts';
import { makePart, type Upload, type UploadStart } from '../storage/upload.ts';
import { abortUpload as abort, createUpload, findUpload, putPart } from '../storage/uploads.ts';
import { toXml } from '../xml.ts';
import { checksumElements, checksumHeaders } from './checksum-headers.ts';
import { copyRange, readCopySource } from './copy-object.ts';
import { objectHeaders } from './metadata.ts';
import { isoTime, maximumPut, partNumber, requireLength } from './shared.ts';

/** POST /bucket/key?uploads */
export async function createMultipartUpload(call: Call): Promise<Answer> {
  const { request } = call;
  const key = keyOf(call);
  const checksum = uploadChecksum(request);
  const start: UploadStart = { id: uploadId(call.now), key, initiated: call.now, ...objectHeaders(request), checksum };
  await createUpload(bucketOf(call), start);
  const headers = checksum && { 'x-amz-checksum-algorithm': checksum.algorithm, 'x-amz-checksum-type': checksum.type };
  const text = toXml('InitiateMultipartUploadResult', { Bucket: request.bucket, Key: key, UploadId: start.id });
  return { status: 200, headers: headers ?? {}, body: { kind: 'xml', text } };
}

/** Begins with the time, by which S3 lists the uploads of one key. */
function uploadId(now: number): string {
  return now.toString(16).padStart(12, '0') + newId();
}

/** How the whole object's checksum can be made of the parts'; the first is S3's default. */
const checksumTypes: Readonly<Record<ChecksumAlgorithm, readonly Checksum['type'][]>> = {
  CRC32: ['COMPOSITE', 'FULL_OBJECT'],
  CRC32C: ['COMPOSITE', 'FULL_OBJECT'],
  CRC64NVME: ['FULL_OBJECT'],
  SHA1: ['COMPOSITE'],
  SHA256: ['COMPOSITE'],
};

function uploadChecksum(request: S3Request): UploadStart['checksum'] {
  const name = header(request, 'x-amz-checksum-algorithm');
  const wanted = header(request, 'x-amz-checksum-type')?.toUpperCase();
  if (name === undefined && wanted === undefined) return undefined;
  if (name === undefined) throw new S3Error('InvalidRequest', 'x-amz-checksum-type needs x-amz-checksum-algorithm.');
  const algorithm = parseAlgorithm(name);
  const type = checksumTypes[algorithm].find((candidate) => wanted === undefined || candidate === wanted);
  if (type === undefined) {
    throw new S3Error('InvalidRequest', `The checksum type ${wanted} cannot be used with ${algorithm}.`);
  }
  return { algorithm, type };
}

/** PUT /bucket/key?partNumber=N&uploadId=ID */
export async function uploadPart(call: Call): Promise<Answer> {
  const bucket = bucketOf(call);
  const { upload, number } = target(call);
  requireLength(call.request);
  const body = call.openBody(upload.checksum?.algorithm);
  if (body.size > maximumPut) throw new S3Error('EntityTooLarge');
  const content = await bucket.receive(body.bytes, neverInline);
  const part = await putPart(bucket, upload, makePart(number, call.now, content, body.digests()));
  return { status: 200, headers: { etag: `"${part.etag}"`, ...checksumHeaders(part.checksum) } };
}

/** PUT /bucket/key?partNumber=N&uploadId=ID with x-amz-copy-source */
export async function uploadPartCopy(call: Call): Promise<Answer> {
  const bucket = bucketOf(call);
  const { upload, number } = target(call);
  const source = readCopySource(call);
  const object = await source.bucket.open(source.key);
  try {
    const { start, end } = copyRange(call.request, object.record);
    const digest = unverifiedDigest(end - start, upload.checksum?.algorithm);
    const content = await bucket.receive(hashed(object.read(start, end), digest), neverInline);
    const part = await putPart(bucket, upload, makePart(number, call.now, content, digest.finish(new Map())));
    const text = toXml('CopyPartResult', {
      LastModified: isoTime(call.now),
      ETag: `"${part.etag}"`,
      ...checksumElements(part.checksum),
    });
    return { status: 200, body: { kind: 'xml', text } };
  } finally {
    object.release();
  }
}

/** DELETE /bucket/key?uploadId=ID */
export async function abortMultipartUpload(call: Call): Promise<Answer> {
  const bucket = bucketOf(call);
  await abort(bucket, findUpload(bucket, keyOf(call), parameter(call.request, 'uploadId')));
  return { status: 204 };
}

/** Parts are always blobs of their own, which the object that they become takes over. */
const neverInline = -1;

function target(call: Call): { upload: Upload; number: number } {
  const number = partNumber(call.request);
  return { upload: findUpload(bucketOf(call), keyOf(call), parameter(call.request, 'uploadId')), number };
}
