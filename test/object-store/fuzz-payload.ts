import { crc32 } from 'node:zlib';
import { below } from '../helpers/random.ts';
import { chance, damaged, oddNumbers, pick, type Random } from './fuzz-values.ts';
import { sha256 } from './signing.ts';

/** What is signed of a body, and the headers that go with its form. */
export interface Payload {
  readonly hash: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Frames the body, once the signature that the chain of its chunks begins with is known. */
  frame(seed: string, sign: Sign): Buffer;
}

/** Signs lines under an algorithm's name. */
type Sign = (algorithm: string, lines: readonly string[]) => string;

/** A form for the body: whole, or in chunks with or without signatures and trailers; now and then one that is wrong. */
export function somePayload(random: Random, body: Buffer): Payload {
  const whole = (hash: string): Payload => ({ hash, headers: {}, frame: () => body });
  const kind = below(random, 100);
  if (kind < 40) return whole(sha256(body));
  if (kind < 70) return whole('UNSIGNED-PAYLOAD');
  if (kind < 74)
    return whole(pick(random, ['', 'x', '0'.repeat(64), 'STREAMING-X', sha256(body).toUpperCase(), sha256('')]));
  return chunkedPayload(random, body, { isSigned: kind < 88, hasTrailer: kind < 80 || kind >= 88 });
}

function chunkedPayload(random: Random, body: Buffer, form: { isSigned: boolean; hasTrailer: boolean }): Payload {
  const base = form.isSigned ? 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' : 'STREAMING-UNSIGNED-PAYLOAD';
  const length = chance(random, 8) ? pick(random, oddNumbers) : String(body.length);
  const trailer: Record<string, string> = form.hasTrailer ? { 'x-amz-trailer': 'x-amz-checksum-crc32' } : {};
  return {
    hash: form.hasTrailer ? `${base}-TRAILER` : base,
    headers: { 'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': length, ...trailer },
    frame: (seed, sign) => {
      const framed = frame(random, body, { ...form, seed, sign });
      return chance(random, 35) ? broken(random, framed) : framed;
    },
  };
}

interface Framing {
  readonly isSigned: boolean;
  readonly hasTrailer: boolean;
  readonly seed: string;
  readonly sign: Sign;
}

function frame(random: Random, body: Buffer, { isSigned, hasTrailer, seed, sign }: Framing): Buffer {
  const middle = below(random, body.length + 1);
  const chunks = [body.subarray(0, middle), body.subarray(middle)].filter((chunk) => chunk.length > 0);
  let previous = seed;
  const pieces = [...chunks, Buffer.alloc(0)].map((chunk) => {
    previous = sign('AWS4-HMAC-SHA256-PAYLOAD', [previous, sha256(''), sha256(chunk)]);
    const extension = isSigned ? `;chunk-signature=${previous}` : '';
    const end = chunk.length === 0 && hasTrailer ? '' : '\r\n';
    return Buffer.concat([Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`), chunk, Buffer.from(end)]);
  });
  if (!hasTrailer) return Buffer.concat(pieces);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  const line = `x-amz-checksum-crc32:${checksum.toString('base64')}`;
  const signature = sign('AWS4-HMAC-SHA256-TRAILER', [previous, sha256(`${line}\n`)]);
  const signatureLine = isSigned ? `x-amz-trailer-signature:${signature}\r\n` : '';
  return Buffer.concat([...pieces, Buffer.from(`${line}\r\n${signatureLine}\r\n`)]);
}

function broken(random: Random, framed: Buffer): Buffer {
  const text = framed.toString('latin1');
  const sizes = [
    '-1',
    '0',
    'f'.repeat(11),
    'f'.repeat(16),
    '0x5',
    '5 ',
    '',
    'g',
    '5;a=b',
    `1;${'x'.repeat(2000)}`,
    '00000000000000',
  ];
  switch (below(random, 6)) {
    case 0:
      return Buffer.from(text.replace(/^[0-9a-f]+/, pick(random, sizes)), 'latin1');
    case 1:
      return Buffer.from(text.replace(/signature=\w/, 'signature=g'), 'latin1');
    case 2:
      return Buffer.from(text.replaceAll('\r\n', '\n'), 'latin1');
    case 3:
      return Buffer.from(text + 'x-amz-more: x\r\n'.repeat(below(random, 40)), 'latin1');
    case 4:
      return Buffer.from(
        text.replace(/(crc32:).*/, `$1${pick(random, ['', 'AAAAAA==', 'x', 'x'.repeat(3000)])}`),
        'latin1',
      );
    default:
      return damaged(random, framed);
  }
}
