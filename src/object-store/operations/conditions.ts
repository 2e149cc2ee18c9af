import { S3Error } from '../errors.ts';
import { header, type S3Request } from '../request.ts';
import type { ObjectSummary, Precondition } from '../storage/bucket.ts';

type Tagged = Pick<ObjectSummary, 'etag' | 'modified'>;

/** Whether a reader has the object already (RFC 9110's order); PreconditionFailed where it wants another one. */
export function isUnchanged(request: S3Request, object: Tagged, prefix = ''): boolean {
  const wanted = header(request, `${prefix}if-match`);
  const ifUnmodifiedSince = header(request, `${prefix}if-unmodified-since`);
  if (wanted !== undefined ? !matches(wanted, object.etag) : isModifiedSince(object, ifUnmodifiedSince) === true) {
    throw new S3Error('PreconditionFailed');
  }
  const ifNoneMatch = header(request, `${prefix}if-none-match`);
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, object.etag);
  return isModifiedSince(object, header(request, `${prefix}if-modified-since`)) === false;
}

/** Whether a range of the object is worth anything to a reader who may have another part of an older one (If-Range). */
export function isRangeStillOf(request: S3Request, { etag, modified }: Tagged): boolean {
  const validator = header(request, 'if-range');
  if (validator === undefined || validator.replaceAll('"', '') === etag) return true;
  return Date.parse(validator) === Math.floor(modified / 1000) * 1000;
}

/** What a write asks of the object that it replaces: S3 knows If-Match, and If-None-Match with `*`. */
export function writePrecondition(request: S3Request): Precondition {
  const ifNoneMatch = header(request, 'if-none-match');
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    throw new S3Error('NotImplemented', 'If-None-Match takes only * here.');
  }
  const requireMatch = ifMatch(header(request, 'if-match'));
  return (current) => {
    if (ifNoneMatch !== undefined && current !== undefined) throw new S3Error('PreconditionFailed');
    requireMatch(current);
  };
}

/** That the object is there with such an ETag; nothing without one. */
export function ifMatch(etags: string | undefined): Precondition {
  return (current) => {
    if (etags === undefined) return;
    if (current === undefined) throw new S3Error('NoSuchKey');
    if (!matches(etags, current.etag)) throw new S3Error('PreconditionFailed');
  };
}

function matches(list: string, etag: string): boolean {
  const tags = list.split(',').map((tag) => tag.trim().replace(/^W\//, '').replaceAll('"', ''));
  return tags.includes('*') || tags.includes(etag);
}

/** Undefined without a (valid) date. HTTP's dates are whole seconds. */
function isModifiedSince(object: Tagged, date: string | undefined): boolean | undefined {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? undefined : Math.floor(object.modified / 1000) * 1000 > time;
}
