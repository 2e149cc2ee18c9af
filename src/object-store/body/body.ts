import type { Authenticated } from '../auth/authenticated.ts';
import { S3Error } from '../errors.ts';
import { header, type S3Request } from '../request.ts';
import { type ChecksumAlgorithm, promisedChecksum, type WantedChecksum } from './checksums.ts';
import { ChunkVerifier } from './chunk-verifier.ts';
import { decodeChunks } from './chunked.ts';
import { BodyDigest, type BodyDigests, type Expectation } from './digest.ts';

/** A request's body, decoded and verified while it is read. */
export interface Body {
  /** In bytes, decoded. */
  readonly size: number;
  /** To be read once, to its end: only then everything that was promised of it holds. */
  readonly bytes: AsyncIterable<Buffer>;
  /** Once `bytes` has ended. */
  digests(): BodyDigests;
}

const emptyTrailers: ReadonlyMap<string, string> = new Map();

/**
 * Which checksum of the body is computed: the one that the request tells, if any; or always the one of an
 * algorithm, which must then be the one told; or, where checksum headers are not of the body, none.
 */
export type BodyChecksum = 'as-told' | 'none' | ChecksumAlgorithm;

/** Opens the body in the form that the signature names; `raw` yields its bytes as sent. */
export function openBody(
  request: S3Request,
  authenticated: Authenticated,
  raw: AsyncIterable<Buffer>,
  checksum: BodyChecksum,
): Body {
  const form = payloadForm(authenticated.payloadHash);
  const expected = expectation(request, form, wantedChecksum(request, checksum));
  const digest = new BodyDigest(expected);
  let trailers = emptyTrailers;
  let digests: BodyDigests | undefined;
  async function* read(): AsyncGenerator<Buffer> {
    const onTrailers = (received: ReadonlyMap<string, string>) => {
      trailers = received;
    };
    const bytes =
      form.kind === 'plain' ? raw : decodeChunks(raw, { verifier: verifierFor(form, authenticated), onTrailers });
    for await (const piece of bytes) {
      digest.update(piece);
      yield piece;
    }
    digests = digest.finish(trailers);
  }
  const finished = (): BodyDigests => {
    if (digests === undefined) throw new Error('the body was not read to its end');
    return digests;
  };
  return { size: expected.size, bytes: read(), digests: finished };
}

type PayloadForm =
  | { readonly kind: 'plain'; readonly sha256: string | undefined }
  | { readonly kind: 'chunked'; readonly isSigned: boolean; readonly hasTrailer: boolean };

function payloadForm(payloadHash: string): PayloadForm {
  switch (payloadHash) {
    case 'UNSIGNED-PAYLOAD':
      return { kind: 'plain', sha256: undefined };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
      return { kind: 'chunked', isSigned: true, hasTrailer: false };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER':
      return { kind: 'chunked', isSigned: true, hasTrailer: true };
    case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
      return { kind: 'chunked', isSigned: false, hasTrailer: true };
    default:
      return { kind: 'plain', sha256: plainHash(payloadHash) };
  }
}

function plainHash(payloadHash: string): string {
  if (/^[0-9a-f]{64}$/.test(payloadHash)) return payloadHash;
  if (payloadHash.startsWith('STREAMING-')) throw new S3Error('NotImplemented', `${payloadHash} is not supported.`);
  throw new S3Error(
    'InvalidArgument',
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a streaming form or a valid sha256 value.',
  );
}

function verifierFor(form: PayloadForm, { chunkSigning }: Authenticated): ChunkVerifier | undefined {
  if (form.kind !== 'chunked' || !form.isSigned) return undefined;
  if (chunkSigning === undefined) throw new S3Error('InvalidRequest', 'Signed chunks need a signature of version 4.');
  return new ChunkVerifier(chunkSigning.signer, chunkSigning.seedSignature);
}

function expectation(request: S3Request, form: PayloadForm, checksum: WantedChecksum | undefined): Expectation {
  if (checksum?.told === 'trailer' && !(form.kind === 'chunked' && form.hasTrailer)) {
    throw new S3Error('InvalidRequest', 'x-amz-trailer needs a streamed payload with a trailer.');
  }
  const sha256 = form.kind === 'plain' ? form.sha256 : undefined;
  return { size: bodySize(request, form), md5: contentMd5(request), sha256, checksum };
}

function wantedChecksum(request: S3Request, wanted: BodyChecksum): WantedChecksum | undefined {
  if (wanted === 'none') return undefined;
  const promised = promisedChecksum(request);
  if (wanted === 'as-told' || promised?.algorithm === wanted) return promised;
  if (promised === undefined) return { algorithm: wanted, told: 'nowhere' };
  throw new S3Error(
    'InvalidRequest',
    `Checksum Type mismatch occurred, expected ${wanted}, actual ${promised.algorithm}.`,
  );
}

function bodySize(request: S3Request, form: PayloadForm): number {
  const decoded = header(request, 'x-amz-decoded-content-length');
  const text = form.kind === 'chunked' ? decoded : request.incoming.headers['content-length'];
  const isBodiless = text === undefined && request.incoming.headers['transfer-encoding'] === undefined;
  if (isBodiless && form.kind === 'plain') return 0;
  if (text === undefined || !/^\d{1,15}$/.test(text)) throw new S3Error('MissingContentLength');
  return Number(text);
}

function contentMd5(request: S3Request): string | undefined {
  const value = header(request, 'content-md5');
  if (value === undefined) return undefined;
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length !== 16 || bytes.toString('base64') !== value) throw new S3Error('InvalidDigest');
  return value;
}
