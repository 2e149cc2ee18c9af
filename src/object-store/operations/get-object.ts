import { type Answer, bucketOf, type Call, keyOf } from '../operation.ts';
import { header, parameter, type S3Request, toHeaderValue } from '../request.ts';
import type { OpenObject } from '../storage/bucket.ts';
import { checksumHeaders } from './checksum-headers.ts';
import { isUnchanged } from './conditions.ts';
import { contentHeaders, recordHeaders } from './metadata.ts';
import { type ByteRange, parseRange } from './range.ts';

/** GET /bucket/key */
export async function getObject(call: Call): Promise<Answer> {
  const object = await bucketOf(call).open(keyOf(call));
  try {
    const { range, ...answer } = describe(call.request, object);
    if (range === undefined) {
      object.release();
      return answer;
    }
    const bytes = object.read(range.start, range.end);
    return { ...answer, body: { kind: 'bytes', bytes, release: object.release } };
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
  const range = parseRange(header(request, 'range'), record.size);
  if (range !== undefined) {
    const part = { 'content-range': `bytes ${range.start}-${range.end - 1}/${record.size}` };
    return { status: 206, headers: { ...headers, ...part, 'content-length': String(range.end - range.start) }, range };
  }
  // A checksum is of the whole object: with a range it would not fit what is sent.
  const checksum =
    header(request, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED' ? checksumHeaders(record.checksum) : {};
  const all = { start: 0, end: record.size };
  return { status: 200, headers: { ...headers, ...checksum, 'content-length': String(record.size) }, range: all };
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
