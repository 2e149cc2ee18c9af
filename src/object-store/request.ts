import type { IncomingMessage } from 'node:http';
import { S3Error } from './errors.ts';

/** A request as S3 sees it: addressed by path (`/bucket/key`), nothing normalised. */
export interface S3Request {
  readonly id: string;
  readonly method: string;
  /** The path as it was sent, still encoded, without the query. */
  readonly rawPath: string;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  /** Decoded names and values, in the order sent. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly incoming: IncomingMessage;
}

const maximumKeyBytes = 1024;

/** Takes the request's target apart; InvalidURI where it is not well-formed, KeyTooLongError past 1,024 bytes. */
export function readRequest(incoming: IncomingMessage, id: string): S3Request {
  const target = incoming.url ?? '';
  if (!target.startsWith('/')) throw new S3Error('InvalidURI');
  const queryStart = target.indexOf('?');
  const rawPath = queryStart < 0 ? target : target.slice(0, queryStart);
  const query = queryStart < 0 ? [] : parseQuery(target.slice(queryStart + 1));
  const keyStart = rawPath.indexOf('/', 1);
  const bucket = decode(keyStart < 0 ? rawPath.slice(1) : rawPath.slice(1, keyStart));
  const key = keyStart < 0 ? '' : decode(rawPath.slice(keyStart + 1));
  if (bucket === '' && key !== '') throw new S3Error('InvalidBucketName');
  requireKeyLength(key);
  return {
    id,
    method: incoming.method ?? '',
    rawPath,
    bucket: bucket || undefined,
    key: key || undefined,
    query,
    incoming,
  };
}

/** KeyTooLongError past 1,024 bytes. */
export function requireKeyLength(key: string): void {
  if (Buffer.byteLength(key) > maximumKeyBytes) throw new S3Error('KeyTooLongError');
}

function parseQuery(text: string): (readonly [string, string])[] {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
      return [decode(name.replaceAll('+', ' ')), decode(value.replaceAll('+', ' '))] as const;
    });
}

/** Percent-decoding of UTF-8; InvalidURI for anything else. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI');
  }
}

/** The query parameter's value, or undefined where it is absent. */
export function parameter(request: S3Request, name: string): string | undefined {
  return request.query.find(([candidate]) => candidate === name)?.[1];
}

/** Whether the URL carries a signature of version 2. */
export function isPresignedV2(request: S3Request): boolean {
  return parameter(request, 'AWSAccessKeyId') !== undefined;
}

/**
 * A header's value, or undefined. Presigned URLs may carry any `x-amz-` header as a query
 * parameter instead, those of SigV2 two others too, so that the URL alone fixes it.
 */
export function header(request: S3Request, name: string): string | undefined {
  const value = request.incoming.headers[name];
  if (value !== undefined) return Array.isArray(value) ? value.join(',') : value;
  const inUrl = headerInUrl(request, name);
  return inUrl !== undefined && isOfBody(name) ? undefined : inUrl;
}

/** SDKs put into a URL what they know of its body: that there is none yet. Like S3, nobody heeds that. */
function isOfBody(name: string): boolean {
  return /^x-amz-(sdk-checksum-algorithm|trailer|checksum-(?!algorithm$|mode$|type$).*)$/.test(name);
}

/** The header's value that is in the URL, heeded or not. */
export function headerInUrl(request: S3Request, name: string): string | undefined {
  const mayBeInUrl = name.startsWith('x-amz-') || (isHeaderInUrlV2(name) && isPresignedV2(request));
  if (!mayBeInUrl) return undefined;
  const inQuery = request.query.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
  return inQuery && toHeaderValue(inQuery);
}

/** A header's value as its bytes were meant: Node has it one character a byte. */
export function utf8(value: string): string {
  return Buffer.from(value, 'latin1').toString('utf8');
}

/** Whether a SigV2 presigned URL may carry the header as a parameter; boto3 puts them there. */
export function isHeaderInUrlV2(name: string): boolean {
  return name === 'content-md5' || name === 'content-type';
}

/** Text from a query as a header's value, as Node has it: one character a byte. InvalidArgument where it cannot be one. */
export function toHeaderValue(text: string): string {
  const value = Buffer.from(text, 'utf8').toString('latin1');
  const isValid = /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
  if (!isValid) throw new S3Error('InvalidArgument', 'A query parameter is not a valid header value.');
  return value;
}

/** The names of all headers sent, `x-amz-` query parameters included, in lower case; InvalidArgument where one cannot be one. */
export function headerNames(request: S3Request): string[] {
  const inQuery = request.query.map(([name]) => name.toLowerCase()).filter((name) => name.startsWith('x-amz-'));
  if (inQuery.some((name) => !/^[\w!#$%&'*+.^`|~-]+$/.test(name))) {
    throw new S3Error('InvalidArgument', 'A query parameter is not a valid header name.');
  }
  return [...Object.keys(request.incoming.headers), ...inQuery];
}
