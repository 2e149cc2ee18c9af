import { S3Error } from '../errors.ts';
import { header, type S3Request } from '../request.ts';
import type { ObjectSummary, Precondition } from '../storage/bucket.ts';

type Tagged = Pick<ObjectSummary, 'etag' | 'modified'>;

/** Whether a reader has the object already (RFC 9110's order); PreconditionFailed where it wants another one. */
export function isUnchanged(request: S3Request, object: Tagged, prefix = ''): boolean {
  const ifMatch = header(request, `${prefix}if-match`);
  const ifUnmodifiedSince = header(request, `${prefix}if-unmodified-since`);
  if (ifMatch !== undefined ? !matches(ifMatch, object.etag) : isModifiedSince(object, ifUnmodifiedSince) === true) {
    throw new S3Error('PreconditionFailed');
  }
  const ifNoneMatch = header(request, `${prefix}if-none-match`);
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, object.etag);
  return isModifiedSince(object, header(request, `${prefix}if-modified-since`)) === false;
}

/** What a write asks of the object that it replaces: S3 knows If-Match, and If-None-Match with `*`. */
export function writePrecondition(request: S3Request): Precondition {
  const ifMatch = header(request, 'if-match');
  const ifNoneMatch = header(request, 'if-none-match');
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    throw new S3Error('NotImplemented', 'If-None-Match takes only * here.');
  }
  return (current) => {
    if (ifNoneMatch !== undefined && current !== undefined) throw new S3Error('PreconditionFailed');
    if (ifMatch === undefined) return;
    if (current === undefined) throw new S3Error('NoSuchKey');
    if (!matches(ifMatch, current.etag)) throw new S3Error('PreconditionFailed');
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
