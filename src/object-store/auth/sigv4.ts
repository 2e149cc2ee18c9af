import { S3Error } from '../errors.ts';
import { header, parameter, type S3Request } from '../request.ts';
import type { Authenticated } from './authenticated.ts';
import { canonicalHash } from './canonical.ts';
import { type Credential, formatTimestamp, maximumSkew, parseCredential, parseTimestamp } from './credential.ts';
import type { KeyRing } from './keys.ts';
import { deriveSigningKey, type Signer, sameText, sign } from './signature.ts';

/** The claim a request makes, before it is proved. */
interface Claim {
  readonly credential: Credential;
  readonly timestamp: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly payloadHash: string;
}

/** Proves who sent the request by its SigV4 signature, in the Authorization header or else the URL; throws S3's errors. */
export async function authenticateV4(request: S3Request, keys: KeyRing, now: Date): Promise<Authenticated> {
  const { authorization } = request.incoming.headers;
  const claim =
    authorization === undefined
      ? readPresigned(request, now.getTime())
      : readAuthorization(request, authorization, now.getTime());
  const grant = await keys.find(claim.credential.accessKeyId);
  if (grant === undefined) throw new S3Error('InvalidAccessKeyId');
  const { scope } = claim.credential;
  const signer: Signer = {
    scope,
    timestamp: claim.timestamp,
    signingKey: deriveSigningKey(grant.secretAccessKey, scope),
  };
  const hash = canonicalHash(request, claim.signedHeaders, claim.payloadHash);
  if (!sameText(sign(signer, 'AWS4-HMAC-SHA256', [hash]), claim.signature)) throw new S3Error('SignatureDoesNotMatch');
  refuseUnsigned(request, claim.signedHeaders);
  return { grant, payloadHash: claim.payloadHash, chunkSigning: { signer, seedSignature: claim.signature } };
}

function readAuthorization(request: S3Request, authorization: string, now: number): Claim {
  const [algorithm = '', rest] = splitOnce(authorization.trim(), ' ');
  if (algorithm !== 'AWS4-HMAC-SHA256') {
    throw new S3Error(
      'InvalidRequest',
      'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    );
  }
  const fields = new Map(rest.split(',').map((field) => splitOnce(field.trim(), '=')));
  const credential = parseCredential(fields.get('Credential') ?? '');
  const signedHeaders = parseSignedHeaders(fields.get('SignedHeaders'));
  const signature = fields.get('Signature');
  if (credential === undefined || signedHeaders === undefined || signature === undefined) {
    throw new S3Error('AuthorizationHeaderMalformed');
  }
  const timestamp = readRequestTime(request, now);
  if (!timestamp.startsWith(credential.scope.day)) {
    throw new S3Error('AuthorizationHeaderMalformed', 'The day of the credential is not the day of the request.');
  }
  const payloadHash = header(request, 'x-amz-content-sha256');
  if (payloadHash === undefined) {
    throw new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  return { credential, timestamp, signedHeaders, signature, payloadHash };
}

function readRequestTime(request: S3Request, now: number): string {
  const { 'x-amz-date': amzDate, date } = request.incoming.headers;
  const time = typeof amzDate === 'string' ? parseTimestamp(amzDate) : Date.parse(date ?? '');
  if (time === undefined || Number.isNaN(time)) {
    throw new S3Error('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header.');
  }
  if (Math.abs(now - time) > maximumSkew) throw new S3Error('RequestTimeTooSkewed');
  return formatTimestamp(time);
}

function readPresigned(request: S3Request, now: number): Claim {
  const credential = parseCredential(parameter(request, 'X-Amz-Credential') ?? '');
  const timestamp = parameter(request, 'X-Amz-Date') ?? '';
  const time = parseTimestamp(timestamp);
  const expires = parameter(request, 'X-Amz-Expires') ?? '';
  const signedHeaders = parseSignedHeaders(parameter(request, 'X-Amz-SignedHeaders'));
  const signature = parameter(request, 'X-Amz-Signature');
  const isComplete =
    credential !== undefined && time !== undefined && signedHeaders !== undefined && signature !== undefined;
  if (
    !isComplete ||
    parameter(request, 'X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256' ||
    !timestamp.startsWith(credential.scope.day)
  ) {
    throw new S3Error('AuthorizationQueryParametersError');
  }
  if (!/^\d{1,6}$/.test(expires) || Number(expires) < 1 || Number(expires) > 604_800) {
    throw new S3Error('AuthorizationQueryParametersError', 'X-Amz-Expires must be between 1 and 604800 seconds.');
  }
  if (time - now > maximumSkew) throw new S3Error('AccessDenied', 'Request is not valid yet');
  if (now > time + Number(expires) * 1000) throw new S3Error('AccessDenied', 'Request has expired');
  const payloadHash = header(request, 'x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD';
  return { credential, timestamp, signedHeaders, signature, payloadHash };
}

function parseSignedHeaders(text: string | undefined): string[] | undefined {
  const names = text?.toLowerCase().split(';');
  return names?.includes('host') ? names : undefined;
}

/** What is not signed could have been added on the way. */
function refuseUnsigned(request: S3Request, signedHeaders: readonly string[]): void {
  const unsigned = Object.keys(request.incoming.headers).filter(
    (name) => name.startsWith('x-amz-') && !signedHeaders.includes(name),
  );
  if (unsigned.length === 0) return;
  throw new S3Error(
    'AccessDenied',
    `There were headers present in the request which were not signed: ${unsigned.join(', ')}`,
  );
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
