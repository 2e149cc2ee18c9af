import type { Hasher } from './crc.ts';

/** CRC-64/NVME, reflected. */
const polynomial = 0x9a6c9329ac4bc9b5n;
const [highTable, lowTable] = makeTables();

/** CRC-64/NVME in two 32-bit halves: BigInt arithmetic is two orders of magnitude slower. */
export class Crc64Nvme implements Hasher {
  #high = -1;
  #low = -1;

  update(bytes: Buffer): void {
    let high = this.#high;
    let low = this.#low;
    for (let at = 0; at < bytes.length; at++) {
      const index = (low ^ (bytes[at] as number)) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (lowTable[index] as number);
      high = (high >>> 8) ^ (highTable[index] as number);
    }
    this.#high = high;
    this.#low = low;
  }

  digest(): Buffer {
    const digest = Buffer.alloc(8);
    digest.writeInt32BE(~this.#high, 0);
    digest.writeInt32BE(~this.#low, 4);
    return digest;
  }
}

function makeTables(): readonly [high: Int32Array, low: Int32Array] {
  const entries = Array.from({ length: 256 }, (_, byte) => {
    let crc = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
    return crc;
  });
  const half = (shift: bigint) => Int32Array.from(entries, (crc) => Number(BigInt.asIntN(32, crc >> shift)));
  return [half(32n), half(0n)];
}
