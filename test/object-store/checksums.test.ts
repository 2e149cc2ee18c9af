import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { elements, withBucket } from './asking.ts';
import type { RawAnswer } from './raw.ts';
import { sha256 } from './signing.ts';

const body = '123456789';

/** The checksums of the check string of the CRC catalogue. */
const right = {
  crc32: Buffer.from('cbf43926', 'hex').toString('base64'),
  crc32c: Buffer.from('e3069283', 'hex').toString('base64'),
  crc64nvme: Buffer.from('ae8b14860a799888', 'hex').toString('base64'),
  sha1: createHash('sha1').update(body).digest('base64'),
  sha256: createHash('sha256').update(body).digest('base64'),
};

test.each(Object.entries(right))('a %s in a header is verified, kept, and told to who asks', async (name, value) => {
  const { ask } = await withBucket();
  const header = `x-amz-checksum-${name}`;
  const put = async (content: string, told: string) =>
    await ask('PUT', '/lake/k', { headers: { [header]: told }, body: content });
  const wrong = await put('123456780', value);
  expect([wrong.status, wrong.code]).toEqual([400, 'BadDigest']);
  for (const invalid of ['nonsense', value.slice(0, -1), `${value}AAAA`]) {
    expect((await put(body, invalid)).code, invalid).toBe('InvalidRequest');
  }
  expect((await ask('GET', '/lake/k')).code).toBe('NoSuchKey');
  const stored = await put(body, value);
  expect([stored.headers[header], stored.headers['x-amz-checksum-type']]).toEqual([value, 'FULL_OBJECT']);
  for (const method of ['GET', 'HEAD']) {
    const asked = await ask(method, '/lake/k', { headers: { 'x-amz-checksum-mode': 'ENABLED' } });
    expect([asked.headers[header], asked.headers['x-amz-checksum-type']]).toEqual([value, 'FULL_OBJECT']);
    expect((await ask(method, '/lake/k')).headers[header]).toBeUndefined();
  }
  expect(elements(await ask('GET', '/lake'), 'ChecksumAlgorithm')).toEqual([name.toUpperCase()]);
});

test('checksums that contradict each other or what is announced are refused', async () => {
  const { ask } = await withBucket();
  const put = async (headers: Readonly<Record<string, string>>) =>
    (await ask('PUT', '/lake/k', { headers, body })).code;
  expect(await put({ 'x-amz-checksum-crc32': right.crc32, 'x-amz-checksum-sha1': right.sha1 })).toBe('InvalidRequest');
  expect(await put({ 'x-amz-sdk-checksum-algorithm': 'CRC32' })).toBe('InvalidRequest');
  expect(await put({ 'x-amz-sdk-checksum-algorithm': 'SHA1', 'x-amz-checksum-crc32': right.crc32 })).toBe(
    'InvalidRequest',
  );
  expect(await put({ 'x-amz-sdk-checksum-algorithm': 'ROT13', 'x-amz-checksum-crc32': right.crc32 })).toBe(
    'InvalidRequest',
  );
  expect(await put({ 'x-amz-trailer': 'x-amz-checksum-crc32' })).toBe('InvalidRequest');
});

test('a Content-MD5 is verified whatever else is', async () => {
  const { ask } = await withBucket();
  const md5 = createHash('md5').update(body).digest('base64');
  const put = async (value: string) =>
    (await ask('PUT', '/lake/k', { headers: { 'content-md5': value, 'x-amz-checksum-crc32': right.crc32 }, body }))
      .code;
  expect([await put(md5), await put(createHash('md5').digest('base64'))]).toEqual([undefined, 'BadDigest']);
});

const first = Buffer.alloc(5 * 1024 * 1024, 'of the first part');
const parts = [first, Buffer.from('of the last part')];
const whole = Buffer.concat(parts);

const digestOf = {
  CRC32: (bytes: Buffer) => {
    const digest = Buffer.alloc(4);
    digest.writeUInt32BE(crc32(bytes));
    return digest;
  },
  SHA1: (bytes: Buffer) => createHash('sha1').update(bytes).digest(),
  SHA256: (bytes: Buffer) => createHash('sha256').update(bytes).digest(),
};

async function uploadParts(algorithm: string, headers: Readonly<Record<string, string>> = {}) {
  const { ask } = await withBucket();
  const begun = await ask('POST', '/lake/k?uploads', {
    headers: { 'x-amz-checksum-algorithm': algorithm, ...headers },
  });
  const [id = ''] = elements(begun, 'UploadId');
  const uploaded: RawAnswer[] = [];
  for (const [index, part] of parts.entries()) {
    uploaded.push(await ask('PUT', `/lake/k?partNumber=${index + 1}&uploadId=${id}`, { body: part }));
  }
  const checksums = uploaded.map((part) => part.headers[`x-amz-checksum-${algorithm.toLowerCase()}`] ?? '');
  const complete = (told: readonly string[], more: Readonly<Record<string, string>> = {}) => {
    const elements = uploaded.map(
      (part, index) =>
        `<Part><PartNumber>${index + 1}</PartNumber><ETag>${part.headers['etag']}</ETag>` +
        `<Checksum${algorithm}>${told[index]}</Checksum${algorithm}></Part>`,
    );
    const document = `<CompleteMultipartUpload>${elements.join('')}</CompleteMultipartUpload>`;
    return ask('POST', `/lake/k?uploadId=${id}`, { headers: more, body: document });
  };
  return { ask, id, checksums, complete };
}

test.each(
  Object.entries(digestOf),
)('the composite %s of an object in parts is that of its parts in a row', async (algorithm, digest) => {
  const { ask, id, checksums, complete } = await uploadParts(algorithm);
  expect(checksums).toEqual(parts.map((part) => digest(part).toString('base64')));
  const listed = await ask('GET', `/lake/k?uploadId=${id}`);
  expect(elements(listed, `Checksum${algorithm}`)).toEqual(checksums);
  expect((await complete([...checksums].reverse())).code).toBe('InvalidPart');
  const composite = `${digest(Buffer.concat(parts.map(digest))).toString('base64')}-2`;
  const header = `x-amz-checksum-${algorithm.toLowerCase()}`;
  expect((await complete(checksums, { [header]: digest(whole).toString('base64') })).code).toBe('BadDigest');
  const completed = await complete(checksums, { [header]: composite });
  expect([elements(completed, `Checksum${algorithm}`), elements(completed, 'ChecksumType')]).toEqual([
    [composite],
    ['COMPOSITE'],
  ]);
  const read = await ask('HEAD', '/lake/k', { headers: { 'x-amz-checksum-mode': 'ENABLED' } });
  expect([read.headers[header], read.headers['x-amz-checksum-type']]).toEqual([composite, 'COMPOSITE']);
});

test.each([
  'CRC32',
  'CRC32C',
  'CRC64NVME',
])('the full %s of an object in parts is that of its bytes', async (algorithm) => {
  const { ask, checksums, complete } = await uploadParts(algorithm, { 'x-amz-checksum-type': 'FULL_OBJECT' });
  const header = `x-amz-checksum-${algorithm.toLowerCase()}`;
  await ask('PUT', '/lake/whole', { body: whole });
  const copied = await ask('PUT', '/lake/whole', {
    headers: {
      'x-amz-copy-source': 'lake/whole',
      'x-amz-metadata-directive': 'REPLACE',
      'x-amz-checksum-algorithm': algorithm,
    },
  });
  const [full = ''] = elements(copied, `Checksum${algorithm}`);
  expect((await complete(checksums, { [header]: checksums[0] ?? '' })).code).toBe('BadDigest');
  const completed = await complete(checksums, { [header]: full, 'x-amz-mp-object-size': String(whole.length) });
  expect([elements(completed, `Checksum${algorithm}`), elements(completed, 'ChecksumType')]).toEqual([
    [full],
    ['FULL_OBJECT'],
  ]);
  if (algorithm === 'CRC32') expect(full).toBe(digestOf.CRC32(whole).toString('base64'));
});

test('a type of checksum that its algorithm cannot have is refused', async () => {
  const { ask } = await withBucket();
  const begin = async (algorithm: string, type: string) =>
    (
      await ask('POST', '/lake/k?uploads', {
        headers: { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type },
      })
    ).code;
  expect(await begin('SHA256', 'FULL_OBJECT')).toBe('InvalidRequest');
  expect(await begin('CRC64NVME', 'COMPOSITE')).toBe('InvalidRequest');
  expect(await begin('MD5', 'COMPOSITE')).toBe('InvalidRequest');
  expect(await begin('CRC32', 'FULL_OBJECT')).toBeUndefined();
});

test('an object in parts is not completed with another size than it was to have', async () => {
  const { checksums, complete } = await uploadParts('SHA256');
  expect((await complete(checksums, { 'x-amz-mp-object-size': '1' })).code).toBe('InvalidRequest');
  expect((await complete(checksums, { 'x-amz-mp-object-size': String(whole.length) })).status).toBe(200);
});

test('a part that says another algorithm than its upload is refused', async () => {
  const { ask, id } = await uploadParts('SHA256');
  const headers = { 'x-amz-checksum-crc32': right.crc32 };
  expect((await ask('PUT', `/lake/k?partNumber=3&uploadId=${id}`, { headers, body })).code).toBe('InvalidRequest');
});

test('the ETag of an object is the MD5 of its bytes, or of the MD5s of its parts', async () => {
  const { ask, checksums, complete } = await uploadParts('CRC32');
  const md5 = (bytes: Buffer | string) => createHash('md5').update(bytes).digest();
  expect((await ask('PUT', '/lake/at-once', { body })).headers['etag']).toBe(`"${md5(body).toString('hex')}"`);
  await complete(checksums);
  const etag = `"${md5(Buffer.concat(parts.map(md5))).toString('hex')}-2"`;
  const read = await ask('GET', '/lake/k');
  expect([read.headers['etag'], sha256(read.body)]).toEqual([etag, sha256(whole)]);
});
