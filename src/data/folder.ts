import { Failure } from '../failure.ts';
import type { ResolvedStore } from '../resolve/run-spec.ts';
import { openS3, type S3 } from '../tools/s3.ts';
import { type Place, placeIn } from './place.ts';

/** What the keys of a data set's objects begin with: the Store's prefix, then its own, and a slash. */
export function folderOf({ manifest, port, store }: Place): string {
  if (port.prefix !== undefined) {
    return [store.fields['prefix'], port.prefix].filter(Boolean).join('/').replace(/\/*$/, '/');
  }
  throw new Failure('invalid', {
    what: `${placeIn(manifest, ['spec', 'store'])}: data set ${port.dataset} has no prefix`,
    why: `Its Store ${port.store} is a bucket`,
  });
}

/** Opens the bucket of an s3 Store; nothing is sent yet. */
export function openBucket({ name, fields }: ResolvedStore, signal: AbortSignal): S3 {
  const { bucket, access_key_id: accessKeyId, secret_access_key: secretAccessKey, path_style } = fields;
  if (bucket === undefined || accessKeyId === undefined || secretAccessKey === undefined) {
    throw new Failure('invalid', {
      what: `Store ${name} is not complete`,
      why: 'An s3 Store has a bucket, an access_key_id and a secret_access_key',
    });
  }
  const region = fields['region'] ?? 'us-east-1';
  const endpoint = fields['endpoint'] ?? `https://s3.${region}.amazonaws.com`;
  const address = { endpoint, region, bucket, accessKeyId, secretAccessKey, pathStyle: path_style !== 'false' };
  return openS3(address, { signal });
}
