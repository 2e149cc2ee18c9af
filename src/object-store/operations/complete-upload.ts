import { createHash } from 'node:crypto';
import { type Checksum, checksumElement, checksumHeader, createChecksum } from '../body/checksums.ts';
import { combineCrcs } from '../body/crc-combine.ts';
import { readText } from '../body/incoming.ts';
import { S3Error } from '../errors.ts';
import { type Answer, bucketOf, type Call, keyOf } from '../operation.ts';
import { header, parameter } from '../request.ts';
import type { Bucket } from '../storage/bucket.ts';
import type { ObjectRecord } from '../storage/record.ts';
import type { Part, Upload } from '../storage/upload.ts';
import { completeUpload, findUpload } from '../storage/uploads.ts';
import { parseXml, toXml, type XmlElement } from '../xml.ts';
import { checksumElements } from './checksum-headers.ts';
import { writePrecondition } from './conditions.ts';
import { maximumXml } from './shared.ts';

/** S3's smallest part but the last: 5 MiB. */
const minimumPart = 5 * 1024 * 1024;

/** POST /bucket/key?uploadId=ID */
export async function completeMultipartUpload(call: Call): Promise<Answer> {
  const bucket = bucketOf(call);
  const key = keyOf(call);
  const id = parameter(call.request, 'uploadId');
  // The checksum headers of this operation are of the object, not of the document.
  const document = await readText(call.openBody('none').bytes, maximumXml);
  const chosen = parseXml(document, 'CompleteMultipartUpload').all('Part');
  const earlier = await completedBefore(bucket, key, id);
  const object = earlier ?? (await complete(call, findUpload(bucket, key, id), chosen));
  const text = toXml('CompleteMultipartUploadResult', {
    Location: `http://${call.request.incoming.headers.host ?? ''}${call.request.rawPath}`,
    Bucket: bucket.name,
    Key: key,
    ETag: `"${object.etag}"`,
    ...checksumElements(object.checksum),
  });
  return { status: 200, body: { kind: 'xml', text } };
}

/** A client whose answer got lost asks again: the object that the upload became is the answer. */
async function completedBefore(bucket: Bucket, key: string, id: string | undefined): Promise<ObjectRecord | undefined> {
  if (id === undefined || bucket.uploads.has(id) || bucket.index.get(key) === undefined) return undefined;
  const { record, release } = await bucket.open(key);
  release();
  return record.uploadId === id ? record : undefined;
}

async function complete(call: Call, upload: Upload, chosen: readonly XmlElement[]): Promise<ObjectRecord> {
  const precondition = writePrecondition(call.request);
  return await completeUpload(bucketOf(call), upload, () => {
    const parts = chooseParts(upload, chosen);
    const checksum = objectChecksum(upload, parts);
    const size = parts.reduce((sum, { segment }) => sum + segment.size, 0);
    refuseOtherObject(call, size, checksum);
    const object: ObjectRecord = {
      key: upload.key,
      size,
      modified: call.now,
      etag: `${md5(Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex'))))}-${parts.length}`,
      checksum,
      headers: upload.headers,
      metadata: upload.metadata,
      segments: parts.map(({ segment }) => segment),
      uploadId: upload.id,
    };
    return { object, precondition };
  });
}

function chooseParts(upload: Upload, chosen: readonly XmlElement[]): Part[] {
  if (chosen.length === 0 || chosen.length > 10_000) throw new S3Error('MalformedXML');
  let previous = 0;
  const parts = chosen.map((element) => {
    const part = choosePart(upload, element);
    if (part.number <= previous) throw new S3Error('InvalidPartOrder');
    previous = part.number;
    return part;
  });
  if (parts.slice(0, -1).some(({ segment }) => segment.size < minimumPart)) throw new S3Error('EntityTooSmall');
  return parts;
}

function choosePart(upload: Upload, element: XmlElement): Part {
  const part = upload.parts.get(Number(element.required('PartNumber')));
  const etag = element.required('ETag').replaceAll('"', '');
  if (part === undefined || part.etag !== etag) throw new S3Error('InvalidPart');
  const told = part.checksum && element.text(checksumElement(part.checksum.algorithm));
  if (told !== undefined && told !== part.checksum?.value) throw new S3Error('InvalidPart');
  return part;
}

function objectChecksum({ checksum }: Upload, parts: readonly Part[]): Checksum | undefined {
  if (checksum === undefined) return undefined;
  const { algorithm, type } = checksum;
  const values = parts.map((part) => Buffer.from(part.checksum?.value ?? '', 'base64'));
  if (type === 'FULL_OBJECT') {
    const sizes = parts.map(({ segment }) => segment.size);
    return { algorithm, type, value: combineCrcs(algorithm, values, sizes).toString('base64') };
  }
  const hasher = createChecksum(algorithm);
  for (const value of values) hasher.update(value);
  return { algorithm, type, value: `${hasher.digest().toString('base64')}-${parts.length}` };
}

/** The client may say what the whole object's size and checksum are to be. */
function refuseOtherObject(call: Call, size: number, checksum: Checksum | undefined): void {
  const toldSize = header(call.request, 'x-amz-mp-object-size');
  if (toldSize !== undefined && toldSize !== String(size)) {
    throw new S3Error('InvalidRequest', 'The provided x-amz-mp-object-size header does not match what was computed.');
  }
  if (checksum === undefined) return;
  const told = header(call.request, checksumHeader(checksum.algorithm));
  if (told !== undefined && told.replace(/-\d+$/, '') !== checksum.value.replace(/-\d+$/, '')) {
    throw new S3Error('BadDigest', `The ${checksum.algorithm} you specified did not match the calculated checksum.`);
  }
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
