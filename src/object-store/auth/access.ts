import { S3Error } from '../errors.ts';
import type { Grant } from './keys.ts';

/** Whether the key opens the bucket. */
export function opens(grant: Grant, bucket: string): boolean {
  return grant.buckets === '*' || grant.buckets.includes(bucket);
}

/** AccessDenied where the key does not open the bucket, whether or not that exists. */
export function requireAccess(grant: Grant, bucket: string): void {
  if (!opens(grant, bucket)) throw new S3Error('AccessDenied');
}
