import { CreateBucketCommand, GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { createChecksum } from '../../src/object-store/body/checksums.ts';
import { combineCrcs } from '../../src/object-store/body/crc-combine.ts';
import { exchange, lines, type RawAnswer } from './raw.ts';
import { clientFor, serve } from './serving.ts';
import { sha256, signed } from './signing.ts';

const signedForm = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
const unsignedForm = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

interface Streamed {
  readonly form: string;
  readonly chunks: readonly string[];
  readonly trailer?: string;
  /** The trailer that the headers announce. */
  readonly announced?: string;
  readonly decodedLength?: number;
  /** Changes what is sent after it was signed. */
  readonly tamper?: (body: string) => string;
}

async function withBucket() {
  const { port } = await serve();
  const client = clientFor(port);
  await client.send(new CreateBucketCommand({ Bucket: 'lake' }));
  const content = async () => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'k' }));
    return await Body?.transformToString();
  };
  return { port, client, content };
}

/** Puts /lake/k in the given form of streaming, and returns the answer. */
async function putStreamed(port: number, streamed: Streamed): Promise<RawAnswer> {
  const { form, chunks, announced, tamper = (body: string) => body } = streamed;
  const request = (length: number) => ({
    method: 'PUT',
    target: '/lake/k',
    headers: {
      'content-encoding': 'aws-chunked',
      'content-length': String(length),
      'x-amz-decoded-content-length': String(streamed.decodedLength ?? chunks.join('').length),
      ...(announced === undefined ? {} : { 'x-amz-trailer': announced }),
    },
  });
  // The length is part of what is signed, and does not depend on the signatures' values.
  const length = encode(streamed, signed(request(0), { port, payloadHash: form })).length;
  const signature = signed(request(length), { port, payloadHash: form });
  const body = tamper(encode(streamed, signature));
  return await exchange(port, lines('PUT', '/lake/k', signature.headers), body);
}

function encode({ form, chunks, trailer }: Streamed, { signature, sign }: ReturnType<typeof signed>): string {
  const isSigned = form.startsWith(signedForm);
  let previous = signature;
  const encoded = [...chunks, ''].map((chunk) => {
    previous = sign('AWS4-HMAC-SHA256-PAYLOAD', [previous, sha256(''), sha256(chunk)]);
    const data = chunk === '' ? '' : `${chunk}\r\n`;
    return `${chunk.length.toString(16)}${isSigned ? `;chunk-signature=${previous}` : ''}\r\n${data}`;
  });
  const trailers = trailer === undefined ? '' : `${trailer}\r\n`;
  const trailerSignature = sign('AWS4-HMAC-SHA256-TRAILER', [previous, sha256(`${trailer}\n`)]);
  const signedTrailer = isSigned && trailer !== undefined ? `x-amz-trailer-signature:${trailerSignature}\r\n` : '';
  return `${encoded.join('')}${trailers}${signedTrailer}\r\n`;
}

const crc32OfHelloWorld = 'x-amz-checksum-crc32:DUoRhQ==';

test('the checksums of the standards come out', () => {
  const digests = (['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1'] as const).map((algorithm) => {
    const hasher = createChecksum(algorithm);
    for (const piece of ['1', '2345678', '', '9']) hasher.update(Buffer.from(piece));
    return hasher.digest().toString('hex');
  });
  expect(digests).toEqual(['cbf43926', 'e3069283', 'ae8b14860a799888', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441']);
});

test.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)('the %s of parts makes that of the whole', (algorithm) => {
  const checksumOf = (bytes: Buffer) => {
    const hasher = createChecksum(algorithm);
    hasher.update(bytes);
    return hasher.digest();
  };
  const whole = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * index) % 253));
  for (const cuts of [[0], [1, 4], [17, 4000, 4001], [2500, 2500]]) {
    const parts = [...cuts, whole.length].map((end, index) => whole.subarray(cuts[index - 1] ?? 0, end));
    const combined = combineCrcs(
      algorithm,
      parts.map(checksumOf),
      parts.map(({ length }) => length),
    );
    expect(combined.toString('hex'), `${cuts}`).toBe(checksumOf(whole).toString('hex'));
  }
});

test('a checksum of CRC64NVME in a trailer is checked', async () => {
  const { port } = await withBucket();
  const streamed = { form: unsignedForm, chunks: ['123456789'], announced: 'x-amz-checksum-crc64nvme' };
  const right = await putStreamed(port, { ...streamed, trailer: 'x-amz-checksum-crc64nvme:rosUhgp5mIg=' });
  expect([right.status, right.headers['x-amz-checksum-crc64nvme']]).toEqual([200, 'rosUhgp5mIg=']);
  const wrong = await putStreamed(port, { ...streamed, trailer: 'x-amz-checksum-crc64nvme:AAAAAAAAAAA=' });
  expect(wrong.code).toBe('BadDigest');
});

test('after a broken stream the connection can be used again', async () => {
  const { port } = await withBucket();
  const tamper = (body: string) => body.replace(/^b/, 'z');
  const answer = await putStreamed(port, { form: unsignedForm, chunks: ['hello world'], tamper });
  expect([answer.code, answer.headers.connection]).toEqual(['IncompleteBody', 'keep-alive']);
});

test('signed chunks are put together', async () => {
  const { port, content, client } = await withBucket();
  const answer = await putStreamed(port, { form: signedForm, chunks: ['hello', ' ', 'world'] });
  expect([answer.status, await content()]).toEqual([200, 'hello world']);
  const head = await client.send(new HeadObjectCommand({ Bucket: 'lake', Key: 'k' }));
  expect(head.ContentEncoding).toBeUndefined();
});

test.each([
  `${signedForm}-TRAILER`,
  unsignedForm,
])('the checksum in the trailer of %s is checked and told', async (form) => {
  const { port, content } = await withBucket();
  const streamed = { form, chunks: ['hello', ' world'], announced: 'x-amz-checksum-crc32', trailer: crc32OfHelloWorld };
  const answer = await putStreamed(port, streamed);
  expect([answer.status, await content()]).toEqual([200, 'hello world']);
  expect(answer.headers['x-amz-checksum-crc32']).toBe('DUoRhQ==');
  const wrong = await putStreamed(port, { ...streamed, trailer: 'x-amz-checksum-crc32:AAAAAA==' });
  expect([wrong.status, wrong.code]).toEqual([400, 'BadDigest']);
  const absent = await putStreamed(port, { form, chunks: ['x'], announced: 'x-amz-checksum-crc32' });
  expect([absent.status, absent.code]).toEqual([400, 'MalformedTrailerError']);
  expect(await content()).toBe('hello world');
});

test.each([
  ['the bytes of a chunk', (body: string) => body.replace('world', 'wOrld')],
  [
    'the signature of a chunk',
    (body: string) => body.replace(/(?<=chunk-signature=)./, (digit) => (digit === '0' ? '1' : '0')),
  ],
  ['the order of chunks', (body: string) => body.replace(/(5;.*\r\nhello\r\n)(5;.*\r\nworld\r\n)/, '$2$1')],
  ['that a chunk is signed', (body: string) => body.replace(/;chunk-signature=[0-9a-f]{64}/, '')],
])('changing %s on the way is noticed', async (_, tamper) => {
  const { port } = await withBucket();
  const length = (body: string) => tamper(body).padEnd(body.length, '\n');
  const answer = await putStreamed(port, { form: signedForm, chunks: ['hello', 'world'], tamper: length });
  expect([answer.status, answer.code]).toEqual([403, 'SignatureDoesNotMatch']);
});

test('changing a signed trailer on the way is noticed', async () => {
  const { port } = await withBucket();
  const form = `${signedForm}-TRAILER`;
  const tamper = (body: string) => body.replace('DUoRhQ==', 'DUoRhR==');
  const streamed = { form, chunks: ['hello world'], announced: 'x-amz-checksum-crc32', trailer: crc32OfHelloWorld };
  expect((await putStreamed(port, { ...streamed, tamper })).code).toBe('SignatureDoesNotMatch');
});

test.each([
  ['a size that is no number', (body: string) => body.replace(/^b/, 'z')],
  ['a size that is endless', (body: string) => 'f'.repeat(body.length)],
  ['a size that is too large', (body: string) => body.replace(/^b/, 'f')],
  ['a size that is too small', (body: string) => body.replace(/^b/, '3')],
  ['no line at all', (body: string) => 'x'.repeat(body.length)],
  ['more after the end', (body: string) => body.replace(/0\r\n\r\n$/, '')],
])('chunks with %s are refused', async (_, tamper) => {
  const { port } = await withBucket();
  const padded = (body: string) => tamper(body).padEnd(body.length, 'x');
  const answer = await putStreamed(port, { form: unsignedForm, chunks: ['hello world'], tamper: padded });
  expect(answer.status).toBe(400);
  expect(['IncompleteBody', 'MalformedTrailerError']).toContain(answer.code);
});

test.each([
  ['shorter', 5],
  ['longer', 50],
])('a body that is %s than its decoded length says is refused', async (_, decodedLength) => {
  const { port } = await withBucket();
  const answer = await putStreamed(port, { form: signedForm, chunks: ['hello world'], decodedLength });
  expect([answer.status, answer.code]).toEqual([400, 'IncompleteBody']);
});

test('forms of streaming that are not known are refused by name', async () => {
  const { port } = await withBucket();
  const answer = await putStreamed(port, { form: 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD', chunks: ['x'] });
  expect([answer.status, answer.code]).toEqual([501, 'NotImplemented']);
});
