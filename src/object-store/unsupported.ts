import { checksumAlgorithms } from './body/checksums.ts';
import { S3Error } from './errors.ts';
import { contentHeaders } from './operations/metadata.ts';
import { header, headerNames, isHeaderInUrlV2, isPresignedV2, type S3Request } from './request.ts';
import type { OperationName } from './route.ts';

/**
 * Refuses what the request asks for besides its operation and this server does not do, so that nobody
 * takes silence for consent. S3 has operations that differ from others by nothing but a query parameter.
 */
export function refuseUnsupported(request: S3Request, operation: OperationName): void {
  const parameter = request.query.find(
    ([name, value]) =>
      !isOpenToAll(request, name) && !isOnlyVersion(name, value) && !parameters[operation].includes(name),
  )?.[0];
  if (parameter !== undefined) throw new S3Error('NotImplemented', `This server does not implement ?${parameter}.`);
  const name = headerNames(request).find((candidate) => isUnsupported(request, candidate));
  if (name !== undefined) throw new S3Error('NotImplemented', `This server does not implement the header ${name}.`);
}

/** S3 leaves parameters that begin with `x-` to its clients, but for those of the signature and for headers. */
function isOpenToAll(request: S3Request, name: string): boolean {
  return /^x-/i.test(name) || (isPresignedV2(request) && isOfSigV2(name));
}

/** S3's name for the version of an object that was put without versions. */
function isOnlyVersion(name: string, value: string): boolean {
  return name === 'versionId' && value === 'null';
}

function isOfSigV2(name: string): boolean {
  return ['AWSAccessKeyId', 'Expires', 'Signature'].includes(name) || isHeaderInUrlV2(name.toLowerCase());
}

const listing = ['delimiter', 'encoding-type', 'max-keys', 'prefix'];
const answerHeaders = contentHeaders.map((name) => `response-${name}`);

/** The query parameters that each operation heeds. */
const parameters: Readonly<Record<OperationName, readonly string[]>> = {
  AbortMultipartUpload: ['uploadId'],
  CompleteMultipartUpload: ['uploadId'],
  CopyObject: [],
  CreateBucket: [],
  CreateMultipartUpload: ['uploads'],
  DeleteBucket: [],
  DeleteObject: [],
  DeleteObjects: ['delete'],
  GetBucketLocation: ['location'],
  GetObject: [...answerHeaders, 'partNumber'],
  HeadBucket: [],
  HeadObject: [...answerHeaders, 'partNumber'],
  ListBuckets: ['continuation-token', 'max-buckets', 'prefix'],
  ListMultipartUploads: [
    'delimiter',
    'encoding-type',
    'key-marker',
    'max-uploads',
    'prefix',
    'upload-id-marker',
    'uploads',
  ],
  ListObjects: [...listing, 'marker'],
  ListObjectsV2: [...listing, 'continuation-token', 'fetch-owner', 'list-type', 'start-after'],
  ListParts: ['encoding-type', 'max-parts', 'part-number-marker', 'uploadId'],
  PutObject: [],
  UploadPart: ['partNumber', 'uploadId'],
  UploadPartCopy: ['partNumber', 'uploadId'],
};

function isUnsupported(request: S3Request, name: string): boolean {
  const harmless = harmlessValues.get(name);
  if (harmless !== undefined) return !harmless.includes(header(request, name) ?? '');
  if (name.startsWith(checksumPrefix)) return !knownChecksums.includes(name.slice(checksumPrefix.length).toUpperCase());
  return unsupportedPrefixes.some((prefix) => name.startsWith(prefix));
}

const checksumPrefix = 'x-amz-checksum-';
const knownChecksums = ['ALGORITHM', 'MODE', 'TYPE', ...checksumAlgorithms];

/** Values that ask for what is done anyway. */
const harmlessValues = new Map([
  ['x-amz-acl', ['private', 'bucket-owner-full-control']],
  ['x-amz-bucket-object-lock-enabled', ['false']],
  ['x-amz-object-ownership', ['BucketOwnerEnforced']],
  ['x-amz-storage-class', ['STANDARD']],
  ['x-amz-tagging', ['']],
  ['x-amz-tagging-directive', ['COPY', 'REPLACE']],
]);

const unsupportedPrefixes = [
  'x-amz-bypass-governance-retention',
  'x-amz-copy-source-server-side-encryption',
  'x-amz-grant-',
  'x-amz-expected-bucket-owner',
  'x-amz-if-match-',
  'x-amz-mfa',
  'x-amz-object-lock-',
  'x-amz-server-side-encryption',
  'x-amz-source-expected-bucket-owner',
  'x-amz-website-redirect-location',
  'x-amz-write-offset-bytes',
];
