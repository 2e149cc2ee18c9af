/** A checksum over bytes given piece by piece. */
export interface Hasher {
  update(bytes: Buffer): void;
  /** Big-endian, as S3 writes it. */
  digest(): Buffer;
}

const crc32cTables = makeTables(0x82f63b78);

/** CRC-32C (Castagnoli), four bytes a step. */
export class Crc32c implements Hasher {
  #crc = 0xffffffff;

  update(bytes: Buffer): void {
    const [t0, t1, t2, t3] = crc32cTables;
    let crc = this.#crc;
    let at = 0;
    for (const end = bytes.length - 3; at < end; at += 4) {
      crc ^= bytes.readInt32LE(at);
      crc = at4(t3, crc & 0xff) ^ at4(t2, (crc >>> 8) & 0xff) ^ at4(t1, (crc >>> 16) & 0xff) ^ at4(t0, crc >>> 24);
    }
    for (; at < bytes.length; at++) crc = (crc >>> 8) ^ at4(t0, (crc ^ bytes.readUInt8(at)) & 0xff);
    this.#crc = crc;
  }

  digest(): Buffer {
    const digest = Buffer.alloc(4);
    digest.writeInt32BE(~this.#crc);
    return digest;
  }
}

/** A table's entry; the index is always in bounds, which the type cannot tell. */
function at4(table: Int32Array, index: number): number {
  return table[index] as number;
}

type Tables = readonly [Int32Array, Int32Array, Int32Array, Int32Array];

function makeTables(polynomial: number): Tables {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    return crc;
  });
  const next = (table: Int32Array) => table.map((crc) => (crc >>> 8) ^ at4(first, crc & 0xff));
  const second = next(first);
  const third = next(second);
  return [first, second, third, next(third)];
}
