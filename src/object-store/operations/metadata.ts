import { isUtf8 } from 'node:buffer';
import { S3Error } from '../errors.ts';
import { header, headerNames, type S3Request } from '../request.ts';
import type { ObjectRecord } from '../storage/record.ts';

const metadataPrefix = 'x-amz-meta-';
const maximumMetadata = 2048;
/** The headers that an object keeps besides its metadata; a reader may replace them by `response-` parameters. */
export const contentHeaders = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

/** The content headers and user metadata that a request gives an object. */
export function objectHeaders(request: S3Request): Pick<ObjectRecord, 'headers' | 'metadata'> {
  const told = contentHeaders.filter((name) => header(request, name) !== '');
  const headers = { 'content-type': 'binary/octet-stream', ...pick(request, told) };
  const { 'content-encoding': encoding, ...others } = headers as Record<string, string>;
  const kept = encoding
    ?.split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== 'aws-chunked')
    .join(', ');
  return { headers: kept ? { ...others, 'content-encoding': kept } : others, metadata: userMetadata(request) };
}

function userMetadata(request: S3Request): Record<string, string> {
  const names = headerNames(request).filter((name) => name.startsWith(metadataPrefix));
  const metadata = Object.fromEntries(
    Object.entries(pick(request, names)).map(([name, value]) => [name.slice(metadataPrefix.length), value]),
  );
  const size = Object.entries(metadata).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (size > maximumMetadata) throw new S3Error('MetadataTooLarge');
  return metadata;
}

function pick(request: S3Request, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = header(request, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The headers that tell of an object; its size is left to the answer. */
export function recordHeaders(record: ObjectRecord): Record<string, string> {
  const metadata = Object.entries(record.metadata).map(([name, value]) => [
    `${metadataPrefix}${name}`,
    encodeWord(value),
  ]);
  return {
    ...record.headers,
    ...Object.fromEntries(metadata),
    etag: `"${record.etag}"`,
    'last-modified': new Date(record.modified).toUTCString(),
    'accept-ranges': 'bytes',
  };
}

/** As S3 answers metadata beyond ASCII: RFC 2047. What is no UTF-8 stays the bytes that were sent. */
function encodeWord(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value) || !isUtf8(Buffer.from(value, 'latin1'))) return value;
  return `=?UTF-8?B?${Buffer.from(value, 'latin1').toString('base64')}?=`;
}
