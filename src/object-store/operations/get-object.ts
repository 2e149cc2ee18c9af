import { S3Error } from '../errors.ts';
import { type Answer, bucketOf, type Call, keyOf } from '../operation.ts';
import { header, parameter, type S3Request, toHeaderValue } from '../request.ts';
import type { OpenObject } from '../storage/bucket.ts';
import type { Take } from '../storage/read-file.ts';
import type { ObjectRecord } from '../storage/record.ts';
import { checksumHeaders } from './checksum-headers.ts';
import { isRangeStillOf, isUnchanged } from './conditions.ts';
import { contentHeaders, recordHeaders } from './metadata.ts';
import { type ByteRange, parseRange, partRange } from './range.ts';
import { partNumber } from './shared.ts';

/** GET /bucket/key */
export async function getObject(call: Call): Promise<Answer> {
  const object = await bucketOf(call).open(keyOf(call));
  try {
    const { range, ...answer } = describe(call.request, object);
    if (range === undefined) {
      object.release();
      return answer;
    }
    const send = (take: Take) => object.send(range.start, range.end, take);
    return { ...answer, body: { kind: 'bytes', send, release: object.release } };
  } catch (error) {
    object.release();
    throw error;
  }
}

/** HEAD /bucket/key */
export async function headObject(call: Call): Promise<Answer> {
  const object = await bucketOf(call).open(keyOf(call));
  try {
    const { status, headers } = describe(call.request, object);
    return { status, headers };
  } finally {
    object.release();
  }
}

/** The head of the answer, and the bytes that belong to it. */
interface Description extends Answer {
  readonly headers: Readonly<Record<string, string>>;
  readonly range: ByteRange | undefined;
}

function describe(request: S3Request, { record }: OpenObject): Description {
  const headers = { ...recordHeaders(record), ...overrides(request) };
  if (isUnchanged(request, record)) return { status: 304, headers, range: undefined };
  const part = wantedPart(request, record);
  if (part !== undefined) return { ...part, headers: { ...headers, ...part.headers } };
  // A checksum is of the whole object: with a part it would not fit what is sent.
  const checksum =
    header(request, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED' ? checksumHeaders(record.checksum) : {};
  const all = { start: 0, end: record.size };
  return { status: 200, headers: { ...headers, ...checksum, 'content-length': String(record.size) }, range: all };
}

/** What is answered where the request asks for a part of the object, by number or by range. */
function wantedPart(request: S3Request, record: ObjectRecord): Description | undefined {
  const rangeHeader = header(request, 'range');
  if (parameter(request, 'partNumber') === undefined) {
    const range = isRangeStillOf(request, record) ? parseRange(rangeHeader, record.size) : undefined;
    return range && describePart(range, record.size);
  }
  if (rangeHeader !== undefined) {
    throw new S3Error('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter');
  }
  const { range, count } = partRange(record, partNumber(request));
  const { headers, ...part } = describePart(range, record.size);
  return { ...part, headers: count === undefined ? headers : { ...headers, 'x-amz-mp-parts-count': String(count) } };
}

function describePart(range: ByteRange, size: number): Description {
  const length = { 'content-length': String(range.end - range.start) };
  // Only a part by number can be empty, and HTTP has no way to say where nothing is.
  if (range.start === range.end) return { status: 200, headers: length, range };
  const position = { 'content-range': `bytes ${range.start}-${range.end - 1}/${size}` };
  return { status: 206, headers: { ...length, ...position }, range };
}

/** The headers that a (presigned) URL replaces. */
function overrides(request: S3Request): Record<string, string> {
  return Object.fromEntries(
    contentHeaders.flatMap((name) => {
      const value = parameter(request, `response-${name}`);
      return value === undefined ? [] : [[name, toHeaderValue(value)]];
    }),
  );
}
