import { type Answer, bucketOf, type Call, keyOf } from '../operation.ts';
import { parameter } from '../request.ts';
import { commonPrefix } from '../storage/listing.ts';
import type { Part, Upload } from '../storage/upload.ts';
import { findUpload } from '../storage/uploads.ts';
import { toXml, type XmlContent } from '../xml.ts';
import { checksumElements } from './checksum-headers.ts';
import { countParameter, isoTime, keyEncoder } from './shared.ts';

/** GET /bucket/key?uploadId=ID */
export async function listParts(call: Call): Promise<Answer> {
  const { request } = call;
  const upload = findUpload(bucketOf(call), keyOf(call), parameter(request, 'uploadId'));
  const marker = countParameter(request, 'part-number-marker', { minimum: 0, maximum: 10_000, absent: 0 });
  const maximum = countParameter(request, 'max-parts', { minimum: 0, maximum: 1000, absent: 1000 });
  const left = [...upload.parts.values()]
    .filter(({ number }) => number > marker)
    .sort((one, other) => one.number - other.number);
  const page = left.slice(0, maximum);
  const text = toXml('ListPartsResult', {
    Bucket: request.bucket,
    Key: keyEncoder(request)(upload.key),
    UploadId: upload.id,
    StorageClass: 'STANDARD',
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number,
    MaxParts: maximum,
    IsTruncated: page.length > 0 && page.length < left.length,
    ChecksumAlgorithm: upload.checksum?.algorithm,
    ChecksumType: upload.checksum?.type,
    Part: page.map(partElement),
  });
  return { status: 200, body: { kind: 'xml', text } };
}

function partElement({ number, modified, etag, segment, checksum }: Part): XmlContent {
  const { ChecksumType: _, ...elements } = checksumElements(checksum);
  return { PartNumber: number, LastModified: isoTime(modified), ETag: `"${etag}"`, Size: segment.size, ...elements };
}

/** GET /bucket?uploads */
export async function listMultipartUploads(call: Call): Promise<Answer> {
  const { request } = call;
  const encode = keyEncoder(request);
  const query = {
    prefix: parameter(request, 'prefix') ?? '',
    delimiter: parameter(request, 'delimiter') ?? '',
    keyMarker: parameter(request, 'key-marker') ?? '',
    idMarker: parameter(request, 'upload-id-marker') ?? '',
    maximum: countParameter(request, 'max-uploads', { minimum: 1, maximum: 1000, absent: 1000 }),
  };
  const page = pageOfUploads([...bucketOf(call).uploads.values()], query);
  const text = toXml('ListMultipartUploadsResult', {
    Bucket: request.bucket,
    Prefix: encode(query.prefix),
    Delimiter: query.delimiter === '' ? undefined : encode(query.delimiter),
    KeyMarker: encode(query.keyMarker),
    UploadIdMarker: query.idMarker,
    NextKeyMarker: page.next && encode(page.next.key),
    NextUploadIdMarker: page.next?.id,
    MaxUploads: query.maximum,
    IsTruncated: page.next !== undefined,
    EncodingType: parameter(request, 'encoding-type') || undefined,
    Upload: page.uploads.map((upload) => uploadElement(upload, encode)),
    CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: encode(common) })),
  });
  return { status: 200, body: { kind: 'xml', text } };
}

interface UploadQuery {
  readonly prefix: string;
  readonly delimiter: string;
  readonly keyMarker: string;
  readonly idMarker: string;
  readonly maximum: number;
}

interface UploadPage {
  readonly uploads: readonly Upload[];
  readonly commonPrefixes: readonly string[];
  /** Set if there is more: the last item of this page. */
  readonly next: { readonly key: string; readonly id: string } | undefined;
}

function pageOfUploads(all: readonly Upload[], query: UploadQuery): UploadPage {
  const uploads: Upload[] = [];
  const commonPrefixes: string[] = [];
  let last: UploadPage['next'];
  for (const upload of all.toSorted(byKeyAndId)) {
    const common = commonPrefix(upload.key, query);
    const isTold = common !== undefined && (common === query.keyMarker || common === last?.key);
    if (!upload.key.startsWith(query.prefix) || !isAfter(upload, query) || isTold) continue;
    if (uploads.length + commonPrefixes.length >= query.maximum) return { uploads, commonPrefixes, next: last };
    if (common === undefined) uploads.push(upload);
    else commonPrefixes.push(common);
    last = { key: common ?? upload.key, id: common === undefined ? upload.id : '' };
  }
  return { uploads, commonPrefixes, next: undefined };
}

/** Ids begin with the time, so uploads of one key come in the order of their beginning. */
function byKeyAndId(one: Upload, other: Upload): number {
  return Buffer.compare(Buffer.from(one.key), Buffer.from(other.key)) || (one.id < other.id ? -1 : 1);
}

function isAfter(upload: Upload, { keyMarker, idMarker }: UploadQuery): boolean {
  const order = Buffer.compare(Buffer.from(upload.key), Buffer.from(keyMarker));
  return order > 0 || (order === 0 && idMarker !== '' && upload.id > idMarker);
}

function uploadElement(upload: Upload, encode: (text: string) => string): XmlContent {
  return {
    Key: encode(upload.key),
    UploadId: upload.id,
    StorageClass: 'STANDARD',
    Initiated: isoTime(upload.initiated),
    ChecksumAlgorithm: upload.checksum?.algorithm,
    ChecksumType: upload.checksum?.type,
  };
}
