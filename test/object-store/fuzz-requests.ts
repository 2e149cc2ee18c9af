import type { KeyPair } from '../../src/object-store/server.ts';
import { below } from '../helpers/random.ts';
import { completion, deletion, someDocument } from './fuzz-documents.ts';
import { someHeader } from './fuzz-headers.ts';
import { someParameter } from './fuzz-parameters.ts';
import { bucketPath, objectPath } from './fuzz-paths.ts';
import { bytes, chance, oddNumbers, oddTexts, pick, type Random } from './fuzz-values.ts';
import { root } from './serving.ts';

/** Opens the buckets that the fuzz may change, and no other. */
export const fuzzer: KeyPair = { accessKeyId: 'fuzzer', secretAccessKey: 'fuzzer-secret' };

/** A request before it is signed and framed. */
export interface Draft {
  readonly key: KeyPair;
  readonly method: string;
  /** Encoded. */
  readonly path: string;
  /** Encoded, without the question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What the answers told that later requests use. */
export interface Known {
  readonly uploads: KnownUpload[];
}

interface KnownUpload {
  readonly path: string;
  readonly id: string;
  /** Of the first part, once there is one. */
  etag: string;
}

/** A request that is right or nearly right: an operation, and in a third of the cases something odd about it. */
export function someDraft(random: Random, known: Known): Draft {
  const draft = pick(random, operations)(random, known);
  const headers = { ...draft.headers };
  for (let count = chance(random, 25) ? 1 + below(random, 3) : 0; count > 0; count--) {
    const [name, value] = someHeader(random);
    headers[name] = value;
  }
  const extra = Array.from({ length: chance(random, 12) ? 1 + below(random, 2) : 0 }, () => someParameter(random));
  const query = [draft.query, ...extra].filter((part) => part !== '').join('&');
  const method = chance(random, 3)
    ? pick(random, ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS'])
    : draft.method;
  return withSafeKey(random, { ...draft, method, headers, query });
}

/** The root key only reads. */
function withSafeKey(random: Random, draft: Draft): Draft {
  const isReading = draft.method === 'GET' || draft.method === 'HEAD';
  return { ...draft, key: isReading && chance(random, 50) ? root : fuzzer };
}

type Operation = (random: Random, known: Known) => Draft;

const plain = { key: fuzzer, query: '', headers: {}, body: Buffer.alloc(0) };

const onBucket =
  (method: string, query: string): Operation =>
  (random) => ({ ...plain, method, query, path: bucketPath(random) });
const onObject =
  (method: string): Operation =>
  (random) => ({ ...plain, method, path: objectPath(random) });

/** The frequent ones stand several times. */
const operations: readonly Operation[] = [
  ...[putObject, putObject, putObject, putObject, onObject('GET'), onObject('GET'), onObject('GET'), onObject('HEAD')],
  ...[onObject('DELETE'), copyObject, copyObject, rangedGet, rangedGet, list, list, list, listUploads],
  ...[beginUpload, putPart, putPart, copyPart, listParts, completeUpload, abortUpload, deleteObjects, deleteObjects],
  ...[onBucket('GET', 'location='), onBucket('HEAD', ''), makeBucket, onBucket('DELETE', ''), anyPost],
  () => ({ ...plain, method: 'GET', path: '/' }),
];

function someContent(random: Random): Buffer {
  // Small ones stand in their records, larger ones have files; those are rare, as they take most of the time.
  const size = chance(random, 4) ? 131_000 + below(random, 200_000) : below(random, pick(random, [1, 10, 3000]));
  return size < 3000 ? bytes(random, size) : Buffer.alloc(size, 'content');
}

function putObject(random: Random): Draft {
  return { ...plain, method: 'PUT', path: objectPath(random), body: someContent(random) };
}

function rangedGet(random: Random): Draft {
  const [name, value] = someHeader(random);
  const start = below(random, 20);
  const headers = chance(random, 50) ? { range: `bytes=${start}-${start + below(random, 20)}` } : { [name]: value };
  return { ...plain, method: 'GET', path: objectPath(random), headers };
}

function copyObject(random: Random): Draft {
  const source = chance(random, 10)
    ? pick(random, [...oddTexts, 'fuzz-a', '/fuzz-a', '/fuzz-a/', 'fuzz-a/k0?versionId=1'])
    : objectPath(random);
  const directive: Record<string, string> = chance(random, 30) ? { 'x-amz-metadata-directive': 'REPLACE' } : {};
  return { ...plain, method: 'PUT', path: objectPath(random), headers: { 'x-amz-copy-source': source, ...directive } };
}

function list(random: Random): Draft {
  const parts = [
    pick(random, ['', 'list-type=2', 'list-type=2', 'list-type=1']),
    chance(random, 40) ? `prefix=${pick(random, ['k', 'k1', 'a/', '%2F', ...oddTexts])}` : '',
    chance(random, 40) ? `delimiter=${pick(random, ['/', 'k', '%2F', '1', ...oddTexts])}` : '',
    chance(random, 40) ? `max-keys=${pick(random, ['1', '2', '3', ...oddNumbers.map(encodeURIComponent)])}` : '',
    chance(random, 20)
      ? `${pick(random, ['marker', 'start-after', 'continuation-token'])}=${pick(random, ['k1', 'azE', 'a', ...oddTexts])}`
      : '',
    chance(random, 30) ? 'encoding-type=url' : '',
  ];
  return { ...plain, method: 'GET', path: bucketPath(random), query: parts.filter((part) => part !== '').join('&') };
}

function listUploads(random: Random): Draft {
  const more = chance(random, 50)
    ? ''
    : `&${pick(random, ['max-uploads=1', 'key-marker=k1', 'delimiter=k', 'prefix=k', 'upload-id-marker=0'])}`;
  return { ...plain, method: 'GET', path: bucketPath(random), query: `uploads=${more}` };
}

function beginUpload(random: Random): Draft {
  const algorithm = pick(random, ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256']);
  const headers: Record<string, string> = chance(random, 40) ? { 'x-amz-checksum-algorithm': algorithm } : {};
  return { ...plain, method: 'POST', path: objectPath(random), query: 'uploads=', headers };
}

/** The upload that a request is about: in most cases one that was begun. */
function someUpload(random: Random, { uploads }: Known): KnownUpload {
  if (uploads.length > 0 && chance(random, 90)) return pick(random, uploads);
  return { path: objectPath(random), id: pick(random, ['0', '0'.repeat(44), ...oddTexts]), etag: '' };
}

function putPart(random: Random, known: Known): Draft {
  const { path, id } = someUpload(random, known);
  const number = chance(random, 80) ? '1' : encodeURIComponent(pick(random, oddNumbers));
  return { ...plain, method: 'PUT', path, query: `partNumber=${number}&uploadId=${id}`, body: someContent(random) };
}

function copyPart(random: Random, known: Known): Draft {
  const part = putPart(random, known);
  const range: Record<string, string> = chance(random, 50)
    ? { 'x-amz-copy-source-range': pick(random, ['bytes=0-0', 'bytes=0-2', 'bytes=3-1', 'x']) }
    : {};
  return { ...part, headers: { 'x-amz-copy-source': objectPath(random), ...range }, body: Buffer.alloc(0) };
}

function listParts(random: Random, known: Known): Draft {
  const { path, id } = someUpload(random, known);
  const more = chance(random, 50)
    ? ''
    : `&${pick(random, ['max-parts', 'part-number-marker'])}=${encodeURIComponent(pick(random, oddNumbers))}`;
  return { ...plain, method: 'GET', path, query: `uploadId=${id}${more}` };
}

function completeUpload(random: Random, known: Known): Draft {
  const { path, id, etag } = someUpload(random, known);
  const body = chance(random, 70) ? Buffer.from(completion(random, etag)) : someDocument(random, etag);
  return { ...plain, method: 'POST', path, query: `uploadId=${id}`, body };
}

function abortUpload(random: Random, known: Known): Draft {
  const { path, id } = someUpload(random, known);
  return { ...plain, method: 'DELETE', path, query: `uploadId=${id}` };
}

function deleteObjects(random: Random): Draft {
  const body = chance(random, 40) ? Buffer.from(deletion(random)) : someDocument(random, '');
  return { ...plain, method: 'POST', path: bucketPath(random), query: 'delete=', body };
}

function makeBucket(random: Random): Draft {
  const body = chance(random, 40) ? someDocument(random, '') : Buffer.alloc(0);
  return { ...plain, method: 'PUT', path: bucketPath(random), body };
}

function anyPost(random: Random): Draft {
  return {
    ...plain,
    method: 'POST',
    path: objectPath(random),
    query: someParameter(random),
    body: someDocument(random, ''),
  };
}
