import { S3Error } from '../errors.ts';
import { decode, type S3Request, utf8 } from '../request.ts';
import { sha256 } from './signature.ts';

/** The hash of SigV4's canonical request: what a signature covers. */
export function canonicalHash(request: S3Request, signedHeaders: readonly string[], payloadHash: string): string {
  const parts = [
    request.method,
    canonicalPath(request.rawPath),
    canonicalQuery(request),
    signedHeaders.map((name) => `${name}:${canonicalHeader(request, name)}\n`).join(''),
    signedHeaders.join(';'),
    payloadHash,
  ];
  return sha256(parts.join('\n'));
}

/** Each segment encoded anew, since clients differ in what they leave bare; S3 does not normalise paths. */
function canonicalPath(rawPath: string): string {
  return rawPath
    .split('/')
    .map((segment) => encodeStrictly(decode(segment)))
    .join('/');
}

function canonicalQuery(request: S3Request): string {
  return request.query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encodeStrictly(name), encodeStrictly(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function canonicalHeader(request: S3Request, name: string): string {
  const { headersDistinct } = request.incoming;
  const values = Object.hasOwn(headersDistinct, name) ? headersDistinct[name] : undefined;
  if (values === undefined) {
    throw new S3Error('SignatureDoesNotMatch', `The signed header ${name} is not in the request.`);
  }
  return headerTexts(values)
    .map((text) => text.replace(/\s+/g, ' '))
    .join(',');
}

/** Header values as clients sign them. */
export function headerTexts(values: readonly string[]): string[] {
  return values.map((value) => utf8(value).trim());
}

/** RFC 3986: everything but unreserved characters is escaped. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
