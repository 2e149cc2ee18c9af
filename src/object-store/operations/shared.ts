import { S3Error } from '../errors.ts';
import { parameter, type S3Request } from '../request.ts';

/** Room for 1,000 keys of 1,024 bytes, or 10,000 parts with their checksums, in bytes. */
export const maximumXml = 2 * 1024 * 1024;

/** S3's largest object in one PUT, and largest part: 5 GiB. */
export const maximumPut = 5 * 1024 ** 3;

/** A time in milliseconds as S3 writes it in XML. */
export function isoTime(time: number): string {
  return new Date(time).toISOString();
}

/** A whole number from `minimum` up in the query, cut to `maximum`; InvalidArgument for anything else. */
export function countParameter(
  request: S3Request,
  name: string,
  limits: { minimum: number; maximum: number; absent: number },
): number {
  const text = parameter(request, name);
  if (text === undefined || text === '') return limits.absent;
  if (!/^\d{1,10}$/.test(text) || Number(text) < limits.minimum) {
    throw new S3Error('InvalidArgument', `Argument ${name} must be an integer from ${limits.minimum} up.`);
  }
  return Math.min(Number(text), limits.maximum);
}

/** The query's partNumber; InvalidArgument unless it is one that a part can have. */
export function partNumber(request: S3Request): number {
  const text = parameter(request, 'partNumber') ?? '';
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 10_000) return Number(text);
  throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
}

/** How the listing's keys are written: as they are, or percent-encoded if the query says encoding-type=url. */
export function keyEncoder(request: S3Request): (text: string) => string {
  const encoding = parameter(request, 'encoding-type');
  if (encoding === undefined || encoding === '') return (text) => text;
  if (encoding !== 'url') throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request');
  return (text) => encodeURIComponent(text).replaceAll('%2F', '/');
}

/** MissingContentLength for an upload that does not say how long it is. */
export function requireLength({ incoming }: S3Request): void {
  const { headers } = incoming;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    throw new S3Error('MissingContentLength');
  }
}
