import { S3Error } from '../errors.ts';
import { type Answer, bucketOf, type Call } from '../operation.ts';
import { parameter } from '../request.ts';
import type { ObjectSummary } from '../storage/bucket.ts';
import { type Listing, list } from '../storage/listing.ts';
import type { Entry } from '../storage/sorted-map.ts';
import { toXml, type XmlContent } from '../xml.ts';
import { countParameter, isoTime, keyEncoder } from './shared.ts';

/** GET /bucket?list-type=2 */
export async function listObjectsV2(call: Call): Promise<Answer> {
  const { request } = call;
  if (parameter(request, 'list-type') !== '2') throw new S3Error('InvalidArgument', 'list-type must be 2.');
  const token = parameter(request, 'continuation-token');
  const startAfter = parameter(request, 'start-after');
  const withOwner = parameter(request, 'fetch-owner') === 'true';
  const { encode, listing, common } = listPage(
    call,
    token === undefined ? (startAfter ?? '') : decodeToken(token),
    withOwner,
  );
  const text = toXml('ListBucketResult', {
    ...common,
    KeyCount: listing.entries.length + listing.commonPrefixes.length,
    StartAfter: startAfter && encode(startAfter),
    ContinuationToken: token,
    NextContinuationToken: listing.next && encodeToken(listing.next),
  });
  return { status: 200, body: { kind: 'xml', text } };
}

/** GET /bucket */
export async function listObjects(call: Call): Promise<Answer> {
  const marker = parameter(call.request, 'marker') ?? '';
  const { encode, listing, common } = listPage(call, marker, true);
  const hasDelimiter = common.Delimiter !== undefined;
  const text = toXml('ListBucketResult', {
    ...common,
    Marker: encode(marker),
    // Without a delimiter the last key is the marker, and S3 does not repeat it.
    NextMarker: hasDelimiter && listing.next !== undefined ? encode(listing.next) : undefined,
  });
  return { status: 200, body: { kind: 'xml', text } };
}

interface Page {
  readonly listing: Listing<ObjectSummary>;
  readonly encode: (text: string) => string;
  /** The elements that both versions of the answer have. */
  readonly common: { readonly [name: string]: XmlContent };
}

function listPage(call: Call, after: string, withOwner: boolean): Page {
  const { request } = call;
  const encode = keyEncoder(request);
  const prefix = parameter(request, 'prefix') ?? '';
  const delimiter = parameter(request, 'delimiter') ?? '';
  const maximum = countParameter(request, 'max-keys', { minimum: 0, maximum: 1000, absent: 1000 });
  const listing = list(bucketOf(call).index, { prefix, delimiter, after, maximum });
  const owner = withOwner ? { ID: call.grant.accessKeyId, DisplayName: call.grant.accessKeyId } : undefined;
  const common = {
    Name: request.bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    MaxKeys: maximum,
    EncodingType: parameter(request, 'encoding-type') || undefined,
    IsTruncated: listing.next !== undefined,
    Contents: listing.entries.map((entry) => contents(entry, encode, owner)),
    CommonPrefixes: listing.commonPrefixes.map((common) => ({ Prefix: encode(common) })),
  };
  return { listing, encode, common };
}

function contents(
  { key, value }: Entry<ObjectSummary>,
  encode: (text: string) => string,
  owner: XmlContent,
): XmlContent {
  return {
    Key: encode(key),
    LastModified: isoTime(value.modified),
    ETag: `"${value.etag}"`,
    ChecksumAlgorithm: value.checksum?.algorithm,
    ChecksumType: value.checksum?.type,
    Size: value.size,
    Owner: owner,
    StorageClass: 'STANDARD',
  };
}

function encodeToken(next: string): string {
  return Buffer.from(next, 'utf8').toString('base64url');
}

function decodeToken(token: string): string {
  const next = Buffer.from(token, 'base64url').toString('utf8');
  if (next === '' || encodeToken(next) !== token) {
    throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect');
  }
  return next;
}
