import { S3Error } from '../errors.ts';
import { ByteReader } from './byte-reader.ts';
import type { ChunkVerifier } from './chunk-verifier.ts';

/** Room for a chunk's size and signature, or for one trailer. */
const maximumLine = 1024;
const maximumTrailers = 16;

interface ChunkedOptions {
  /** Checks the chunks' signatures; undefined for the unsigned form. */
  readonly verifier: ChunkVerifier | undefined;
  /** Called once at the end, with the trailers' lower-case names and values. */
  readonly onTrailers: (trailers: ReadonlyMap<string, string>) => void;
}

/** Decodes the `aws-chunked` content coding; a chunk's last bytes are not followed by more until its signature holds. */
export async function* decodeChunks(source: AsyncIterable<Buffer>, options: ChunkedOptions): AsyncGenerator<Buffer> {
  const reader = new ByteReader(source);
  try {
    yield* readChunks(reader, options.verifier);
    options.onTrailers(await readTrailers(reader, options.verifier));
  } finally {
    await reader.close();
  }
}

async function* readChunks(reader: ByteReader, verifier: ChunkVerifier | undefined): AsyncGenerator<Buffer> {
  for (;;) {
    const chunk = parseChunkHeader(await reader.line(maximumLine));
    let left = chunk.size;
    while (left > 0) {
      const piece = await reader.some(left);
      left -= piece.length;
      verifier?.update(piece);
      yield piece;
    }
    verifier?.verifyChunk(chunk.signature);
    if (chunk.size === 0) return;
    if ((await reader.line(2)) !== '') throw new S3Error('IncompleteBody');
  }
}

function parseChunkHeader(line: string): { size: number; signature: string | undefined } {
  const match = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line);
  if (match?.[1] === undefined) throw new S3Error('IncompleteBody', 'The framing of the chunks is broken.');
  return { size: Number.parseInt(match[1], 16), signature: match[2] };
}

async function readTrailers(reader: ByteReader, verifier: ChunkVerifier | undefined): Promise<Map<string, string>> {
  const trailers = new Map<string, string>();
  const signed: string[] = [];
  while (!(await reader.atEnd())) {
    const line = await reader.line(maximumLine);
    if (line === '') continue;
    const colon = line.indexOf(':');
    if (colon < 1 || trailers.size >= maximumTrailers) throw new S3Error('MalformedTrailerError');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    trailers.set(name, value);
    if (name !== 'x-amz-trailer-signature') signed.push(`${name}:${value}\n`);
  }
  if (signed.length > 0) verifier?.verifyTrailers(signed.join(''), trailers.get('x-amz-trailer-signature'));
  return trailers;
}
