import { S3Error } from '../errors.ts';
import { header, isPresignedV2, parameter, type S3Request } from '../request.ts';
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
  if (ways.length === 0) throw unsigned(request);
  const authenticated = await (isV2 ? authenticateV2 : authenticateV4)(request, keys, now);
  // Temporary keys come with a token; here there are none.
  if (header(request, 'x-amz-security-token')) throw new S3Error('InvalidToken');
  return authenticated;
}

function unsigned(request: S3Request): S3Error {
  // Browsers ask before they send what is signed, and forms hold their signature as a field.
  if (request.method === 'OPTIONS') return new S3Error('AccessForbidden');
  const isForm = header(request, 'content-type')?.startsWith('multipart/form-data') === true;
  if (request.method === 'POST' && isForm) {
    return new S3Error('NotImplemented', 'This server does not implement uploads by forms.');
  }
  return new S3Error('AccessDenied', 'Requests without a signature are not allowed.');
}
