import type { ChecksumAlgorithm } from './checksums.ts';

/** The reflected polynomials of the CRCs, and their widths in bits. */
const crcs = new Map<ChecksumAlgorithm, { readonly polynomial: bigint; readonly width: bigint }>([
  ['CRC32', { polynomial: 0xedb88320n, width: 32n }],
  ['CRC32C', { polynomial: 0x82f63b78n, width: 32n }],
  ['CRC64NVME', { polynomial: 0x9a6c9329ac4bc9b5n, width: 64n }],
]);

/** The CRC of parts in a row from the CRCs (big-endian) and sizes (bytes) of each, without their bytes. */
export function combineCrcs(algorithm: ChecksumAlgorithm, values: readonly Buffer[], sizes: readonly number[]): Buffer {
  const crc = crcs.get(algorithm);
  if (crc === undefined) throw new Error(`${algorithm} is not a CRC`);
  const combined = values.reduce((sum, value, index) => {
    return multiply(sum, powerOfX(8n * BigInt(sizes[index] ?? 0), crc), crc) ^ toBigInt(value);
  }, 0n);
  return Buffer.from(combined.toString(16).padStart(Number(crc.width / 4n), '0'), 'hex');
}

type Crc = { readonly polynomial: bigint; readonly width: bigint };

/** x to the power of `exponent`, modulo the polynomial: appending that many zero bits multiplies a CRC by it. */
function powerOfX(exponent: bigint, crc: Crc): bigint {
  let result = 1n << (crc.width - 1n);
  let square = 1n << (crc.width - 2n);
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = multiply(result, square, crc);
    square = multiply(square, square, crc);
  }
  return result;
}

/** The product of two polynomials in reflected form: the highest bit is the constant term. */
function multiply(one: bigint, other: bigint, { polynomial, width }: Crc): bigint {
  let product = 0n;
  let shifted = other;
  for (let bit = width - 1n; bit >= 0n; bit--) {
    if ((one >> bit) & 1n) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n;
  }
  return product;
}

function toBigInt(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex') || '0'}`);
}
