import { checksumAlgorithms } from './body/checksums.ts';
import { S3Error } from './errors.ts';
import { header, headerNames, type S3Request } from './request.ts';

/** Refuses headers that ask for what this server does not do, so that nobody takes silence for consent. */
export function refuseUnsupportedHeaders(request: S3Request): void {
  const name = headerNames(request).find((candidate) => isUnsupported(request, candidate));
  if (name !== undefined) throw new S3Error('NotImplemented', `This server does not implement the header ${name}.`);
}

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
  'x-amz-if-match-',
  'x-amz-mfa',
  'x-amz-object-lock-',
  'x-amz-server-side-encryption',
  'x-amz-website-redirect-location',
  'x-amz-write-offset-bytes',
];
