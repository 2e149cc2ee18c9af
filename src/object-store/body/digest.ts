import { createHash, type Hash } from 'node:crypto';
import { S3Error } from '../errors.ts';
import {
  type Checksum,
  type ChecksumAlgorithm,
  checksumHeader,
  createChecksum,
  validChecksum,
  type WantedChecksum,
} from './checksums.ts';
import type { Hasher } from './crc.ts';

/** What the headers of a request say of its body. */
export interface Expectation {
  /** Of the decoded body, in bytes. */
  readonly size: number;
  /** Base64, from Content-MD5. */
  readonly md5: string | undefined;
  /** Lower-case hex, from x-amz-content-sha256. */
  readonly sha256: string | undefined;
  readonly checksum: WantedChecksum | undefined;
}

/** Hashes a body while it passes, and holds it against what its headers and trailers say. */
export class BodyDigest {
  readonly #expected: Expectation;
  readonly #md5 = createHash('md5');
  readonly #sha256: Hash | undefined;
  readonly #checksum: Hasher | undefined;
  #size = 0;

  constructor(expected: Expectation) {
    this.#expected = expected;
    this.#sha256 = expected.sha256 === undefined ? undefined : createHash('sha256');
    this.#checksum = expected.checksum && createChecksum(expected.checksum.algorithm);
  }

  update(bytes: Buffer): void {
    this.#size += bytes.length;
    if (this.#size > this.#expected.size) throw new S3Error('IncompleteBody');
    this.#md5.update(bytes);
    this.#sha256?.update(bytes);
    this.#checksum?.update(bytes);
  }

  /** Call once, at the end: the digests, or the error of what does not hold. */
  finish(trailers: ReadonlyMap<string, string>): BodyDigests {
    if (this.#size !== this.#expected.size) throw new S3Error('IncompleteBody');
    if (this.#sha256 !== undefined && this.#sha256.digest('hex') !== this.#expected.sha256) {
      throw new S3Error('XAmzContentSHA256Mismatch');
    }
    const md5 = this.#md5.digest();
    if (this.#expected.md5 !== undefined && this.#expected.md5 !== md5.toString('base64')) {
      throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
    }
    return { md5: md5.toString('hex'), checksum: this.#finishChecksum(trailers) };
  }

  #finishChecksum(trailers: ReadonlyMap<string, string>): Checksum | undefined {
    const wanted = this.#expected.checksum;
    if (wanted === undefined || this.#checksum === undefined) return undefined;
    const { algorithm } = wanted;
    const value = this.#checksum.digest().toString('base64');
    const told = toldChecksum(wanted, trailers);
    if (told !== undefined && told !== value) {
      throw new S3Error('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
    }
    return { algorithm, value, type: 'FULL_OBJECT' };
  }
}

function toldChecksum(wanted: WantedChecksum, trailers: ReadonlyMap<string, string>): string | undefined {
  if (wanted.told === 'header') return wanted.value;
  if (wanted.told === 'nowhere') return undefined;
  const value = trailers.get(checksumHeader(wanted.algorithm));
  if (value === undefined) throw new S3Error('MalformedTrailerError');
  return validChecksum(wanted.algorithm, value);
}

/** What a body's bytes came to. */
export interface BodyDigests {
  /** Lower-case hex. */
  readonly md5: string;
  readonly checksum: Checksum | undefined;
}

/** A digest of bytes that nothing was promised of. */
export function unverifiedDigest(size: number, algorithm: ChecksumAlgorithm | undefined): BodyDigest {
  const checksum = algorithm && ({ algorithm, told: 'nowhere' } as const);
  return new BodyDigest({ size, md5: undefined, sha256: undefined, checksum });
}

/** Passes the bytes on, hashing them. */
export async function* hashed(bytes: AsyncIterable<Buffer>, digest: BodyDigest): AsyncGenerator<Buffer> {
  for await (const piece of bytes) {
    digest.update(piece);
    yield piece;
  }
}
