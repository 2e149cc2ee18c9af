import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { S3Error } from '../errors.ts';
import { header, type S3Request } from '../request.ts';
import { Crc32c, type Hasher } from './crc.ts';
import { Crc64Nvme } from './crc64.ts';

/** S3's names of checksum algorithms. */
export const checksumAlgorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;

export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/** Digests' lengths in bytes. */
const lengths: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

/** A checksum as S3 tells it. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; of a composite one with `-N` behind it. */
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** The header and trailer that carries a checksum of that algorithm. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The element that carries a checksum of that algorithm in XML. */
export function checksumElement(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`;
}

/** A hasher for the algorithm. */
export function createChecksum(algorithm: ChecksumAlgorithm): Hasher {
  switch (algorithm) {
    case 'CRC32':
      return new Crc32();
    case 'CRC32C':
      return new Crc32c();
    case 'CRC64NVME':
      return new Crc64Nvme();
    case 'SHA1':
    case 'SHA256': {
      const hash = createHash(algorithm.toLowerCase());
      return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
    }
  }
}

class Crc32 implements Hasher {
  #crc = 0;

  update(bytes: Buffer): void {
    this.#crc = crc32(bytes, this.#crc);
  }

  digest(): Buffer {
    const digest = Buffer.alloc(4);
    digest.writeUInt32BE(this.#crc);
    return digest;
  }
}

/** The algorithm of that name; InvalidRequest for an unknown one. */
export function parseAlgorithm(name: string): ChecksumAlgorithm {
  const algorithm = checksumAlgorithms.find((candidate) => candidate === name.toUpperCase());
  if (algorithm === undefined) throw new S3Error('InvalidRequest', `The checksum algorithm ${name} is not supported.`);
  return algorithm;
}

/** Refuses a value that is not Base64 of the algorithm's length; a composite's `-N` is allowed for. */
export function validChecksum(algorithm: ChecksumAlgorithm, value: string): string {
  const base64 = value.replace(/-\d{1,5}$/, '');
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === lengths[algorithm] && bytes.toString('base64') === base64) return value;
  throw new S3Error('InvalidRequest', `Value for ${checksumHeader(algorithm)} header is invalid.`);
}

/** A checksum to be computed of a body, and where the one to compare it with is told. */
export type WantedChecksum =
  | { readonly algorithm: ChecksumAlgorithm; readonly told: 'header'; readonly value: string }
  | { readonly algorithm: ChecksumAlgorithm; readonly told: 'trailer' | 'nowhere' };

/** The checksum that the headers promise of the body; InvalidRequest where they contradict each other. */
export function promisedChecksum(request: S3Request): WantedChecksum | undefined {
  const trailer = header(request, 'x-amz-trailer')?.trim().toLowerCase();
  const promised = checksumAlgorithms.flatMap((algorithm): WantedChecksum[] => {
    const value = header(request, checksumHeader(algorithm));
    if (value !== undefined) return [{ algorithm, told: 'header', value: validChecksum(algorithm, value) }];
    return trailer === checksumHeader(algorithm) ? [{ algorithm, told: 'trailer' }] : [];
  });
  const [only, another] = promised;
  if (another !== undefined) throw new S3Error('InvalidRequest', 'Expecting a single x-amz-checksum- header.');
  if (trailer !== undefined && only?.told !== 'trailer') {
    throw new S3Error('InvalidRequest', 'The value specified in the x-amz-trailer header is not supported');
  }
  const named = header(request, 'x-amz-sdk-checksum-algorithm');
  if (named !== undefined && parseAlgorithm(named) !== only?.algorithm) {
    throw new S3Error(
      'InvalidRequest',
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* header was found.',
    );
  }
  return only;
}
