import { S3Error } from '../errors.ts';
import { isPresignedV2, parameter, type S3Request } from '../request.ts';
import type { Authenticated } from './authenticated.ts';
import type { KeyRing } from './keys.ts';
import { authenticateV2 } from './sigv2.ts';
import { authenticateV4 } from './sigv4.ts';

/** Proves who sent the request, by its one signature; throws S3's errors. */
export async function authenticate(request: S3Request, keys: KeyRing, now: Date): Promise<Authenticated> {
  const isV2 = isPresignedV2(request);
  const ways = [
    request.incoming.headers.authorization !== undefined,
    parameter(request, 'X-Amz-Algorithm') !== undefined,
    isV2,
  ].filter(Boolean);
  if (ways.length > 1) throw new S3Error('InvalidArgument', 'Only one way to authenticate may be used.');
  if (ways.length === 0) throw new S3Error('AccessDenied', 'Requests without a signature are not allowed.');
  return await (isV2 ? authenticateV2 : authenticateV4)(request, keys, now);
}
