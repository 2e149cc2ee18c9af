import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** A chunk's text, and what V8 made of it. */
export interface Compiled {
  readonly source: Buffer;
  readonly data: Buffer;
}

/** What an earlier run of a command kept: what is not asked for is not read. */
export interface CompiledFile {
  readonly names: readonly string[];
  /** Undefined for what is not there, or torn. */
  read(name: string): Compiled | undefined;
  close(): void;
}

/** Where a chunk lies behind the index, the lengths of its source and its data, and their checksum. */
type Place = readonly [offset: number, source: number, data: number, sum: number];

const nothing: CompiledFile = { names: [], read: () => undefined, close: () => {} };

/** Holds nothing where the file is missing, torn or another user's: V8 believes what it is given. */
export function openCompiledFile(file: string, uid: number | undefined): CompiledFile {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    if (uid === undefined || fstatSync(descriptor).uid === uid) return openIndex(descriptor);
  } catch {
    // As if there were none.
  }
  if (descriptor !== undefined) closeSync(descriptor);
  return nothing;
}

/** Replaces the file in one go. */
export function writeCompiledFile(file: string, compiled: ReadonlyMap<string, Compiled>, pid: number): void {
  const draft = `${file}.${pid}`;
  try {
    writeFileSync(draft, pack(compiled), { mode: 0o600 });
    renameSync(draft, file);
  } catch {
    rmSync(draft, { force: true });
  }
}

const headLength = 32;

/** A head with the index's length and checksum, the index as JSON, then each chunk's source and data. */
function pack(compiled: ReadonlyMap<string, Compiled>): Buffer {
  let offset = 0;
  const places = [...compiled].map(([name, { source, data }]): [string, Place] => {
    const place = [offset, source.length, data.length, checksum(Buffer.concat([source, data]))] as const;
    offset += source.length + data.length;
    return [name, place];
  });
  const index = Buffer.from(JSON.stringify(places));
  const head = Buffer.from(`${index.length} ${checksum(index)}`.padEnd(headLength));
  return Buffer.concat([head, index, ...[...compiled.values()].flatMap(({ source, data }) => [source, data])]);
}

function openIndex(descriptor: number): CompiledFile {
  const [length = 0, sum] = readAt(descriptor, 0, headLength).toString('latin1').split(' ').map(Number);
  const index = readAt(descriptor, headLength, length);
  if (checksum(index) !== sum) throw new Error('The index is torn');
  const places = new Map<string, Place>(JSON.parse(index.toString('latin1')));
  return {
    names: [...places.keys()],
    read(name) {
      const [offset = 0, source = 0, data = 0, itsSum] = places.get(name) ?? [];
      if (itsSum === undefined) return undefined;
      const bytes = readAt(descriptor, headLength + length + offset, source + data);
      if (checksum(bytes) !== itsSum) return undefined;
      return { source: bytes.subarray(0, source), data: bytes.subarray(source) };
    },
    close: () => closeSync(descriptor),
  };
}

/** What is missing at the end stays zero, and is found by its checksum. */
function readAt(descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(descriptor, bytes, 0, length, position);
  return bytes;
}

/** Of some bytes of every block, and the last: what a crash tears are blocks, and reading all of it would take longer than it saves. */
function checksum(bytes: Buffer): number {
  let sum = bytes.length;
  for (let at = 0; at + 4 <= bytes.length; at += 4096) sum = Math.imul(sum ^ bytes.readInt32LE(at), 0x01000193);
  if (bytes.length >= 4) sum = Math.imul(sum ^ bytes.readInt32LE(bytes.length - 4), 0x01000193);
  return sum >>> 0;
}
