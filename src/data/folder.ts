import { Failure } from '../failure.ts';
import type { ResolvedStore } from '../resolve/run-spec.ts';
import { openS3, type S3 } from '../tools/s3.ts';
import { s3AddressOf } from '../tools/s3-address.ts';
import { type Place, placeIn } from './place.ts';

/** What the keys of a data set's objects begin with: the Store's prefix, then its own, and a slash. */
export function folderOf({ manifest, port, store }: Place): string {
  if (port.prefix !== undefined) {
    return [store.fields['prefix'], port.prefix].filter(Boolean).join('/').replace(/\/*$/, '/');
  }
  throw new Failure('invalid', {
    what: `${placeIn(manifest, ['spec', 'store'])}: data set ${port.dataset} has no prefix`,
    why: `Its Store ${port.store} is a bucket`,
    next: `Add it below spec, such as prefix: ${port.dataset}/`,
  });
}

/** Opens the bucket of an s3 Store; nothing is sent yet. */
export function openBucket({ fields }: ResolvedStore, signal: AbortSignal): S3 {
  return openS3(s3AddressOf(fields), { signal });
}
