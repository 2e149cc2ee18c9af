import { createHmac } from 'node:crypto';
import { S3Error } from '../errors.ts';
import { header, headerInUrl, headerNames, parameter, type S3Request } from '../request.ts';
import type { Authenticated } from './authenticated.ts';
import { headerTexts } from './canonical.ts';
import type { KeyRing } from './keys.ts';
import { sameText } from './signature.ts';

// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html, "Query string request authentication".
// In headers S3 takes this signature no more; in URLs it is still what boto3 makes unless told otherwise.

/** Proves who made a SigV2 presigned URL; throws S3's errors. */
export async function authenticateV2(request: S3Request, keys: KeyRing, now: Date): Promise<Authenticated> {
  const [accessKeyId, expires, signature] = ['AWSAccessKeyId', 'Expires', 'Signature'].map((name) =>
    parameter(request, name),
  );
  if (accessKeyId === undefined || expires === undefined || signature === undefined) {
    throw new S3Error(
      'AccessDenied',
      'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
    );
  }
  if (!/^\d{1,12}$/.test(expires)) {
    throw new S3Error('AccessDenied', 'Invalid date: Expires should be seconds since the epoch');
  }
  if (now.getTime() > Number(expires) * 1000) throw new S3Error('AccessDenied', 'Request has expired');
  const grant = await keys.find(accessKeyId);
  if (grant === undefined) throw new S3Error('InvalidAccessKeyId');
  const isRight = signedPaths(request).some((path) => {
    const text = stringToSign(request, expires, path);
    return sameText(createHmac('sha1', grant.secretAccessKey).update(text).digest('base64'), signature);
  });
  if (!isRight) throw new S3Error('SignatureDoesNotMatch');
  const payloadHash = header(request, 'x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD';
  return { grant, payloadHash, chunkSigning: undefined };
}

/** As it was sent; a bucket's also as S3 has it that takes the bucket from the host, which is what boto3 signs anyway. */
function signedPaths({ rawPath, key, bucket }: S3Request): string[] {
  return bucket !== undefined && key === undefined && !rawPath.endsWith('/') ? [rawPath, `${rawPath}/`] : [rawPath];
}

function stringToSign(request: S3Request, expires: string, path: string): string {
  return [
    request.method,
    signedValue(request, 'content-md5'),
    signedValue(request, 'content-type'),
    expires,
    ...amazonHeaders(request),
    canonicalResource(request, path),
  ].join('\n');
}

/** All of them, so that none can be added or changed on the way. */
function amazonHeaders(request: S3Request): string[] {
  const names = new Set(headerNames(request).filter((name) => name.startsWith('x-amz-')));
  return [...names].sort().map((name) => `${name}:${signedValue(request, name)}`);
}

function signedValue(request: S3Request, name: string): string {
  const inUrl = [headerInUrl(request, name) ?? ''];
  return headerTexts(request.incoming.headersDistinct[name] ?? inUrl).join(',');
}

/** The path, and of the query what makes another request of it. */
function canonicalResource({ query }: S3Request, path: string): string {
  const signed = query
    .filter(([name]) => subresources.has(name))
    .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  return signed.length === 0 ? path : `${path}?${signed.join('&')}`;
}

/** All that S3 has ever had, not just what this server does. */
const subresources: ReadonlySet<string> = new Set([
  'accelerate',
  'acl',
  'analytics',
  'attributes',
  'cors',
  'defaultObjectAcl',
  'delete',
  'encryption',
  'intelligent-tiering',
  'inventory',
  'legal-hold',
  'lifecycle',
  'location',
  'logging',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'partNumber',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'replication',
  'requestPayment',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
  'restore',
  'retention',
  'select',
  'select-type',
  'storageClass',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'website',
]);
