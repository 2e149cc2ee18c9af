import { expect, test } from 'vitest';
import { elements, withBucket } from './asking.ts';

async function withUpload(headers: Readonly<Record<string, string>> = {}) {
  const { ask, ...rest } = await withBucket();
  const begin = async (key: string) =>
    elements(await ask('POST', `/lake/${key}?uploads`, { headers }), 'UploadId')[0] ?? '';
  const id = await begin('k');
  const put = (number: number | string, body: string | Buffer = 'part', key = 'k', uploadId = id) =>
    ask('PUT', `/lake/${key}?partNumber=${number}&uploadId=${uploadId}`, { body });
  const complete = (parts: string, key = 'k', uploadId = id) =>
    ask('POST', `/lake/${key}?uploadId=${uploadId}`, {
      body: `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts}</CompleteMultipartUpload>`,
    });
  return { ask, id, begin, put, complete, ...rest };
}

const part = (number: number, etag: string, more = '') =>
  `<Part><ETag>${etag}</ETag><PartNumber>${number}</PartNumber>${more}</Part>`;

test('parts have numbers from 1 to 10,000', async () => {
  const { put, complete, ask } = await withUpload();
  for (const number of ['0', '10001', '-1', 'one', '', '1e3']) {
    const answer = await put(number);
    expect([answer.status, answer.code], number).toEqual([400, 'InvalidArgument']);
  }
  const { headers } = await put(10_000);
  expect((await complete(part(10_000, headers['etag'] ?? ''))).status).toBe(200);
  expect((await ask('GET', '/lake/k')).body).toBe('part');
});

test.each([4, 5 * 1024 * 1024 - 1])('a part of %i bytes is too small to be followed by another', async (size) => {
  const { put, complete } = await withUpload();
  const first = await put(1, Buffer.alloc(size));
  const last = await put(2, 'end');
  const both = part(1, first.headers['etag'] ?? '') + part(2, last.headers['etag'] ?? '');
  const answer = await complete(both);
  expect([answer.status, answer.code]).toEqual([400, 'EntityTooSmall']);
});

test('an object may come in one empty part', async () => {
  const { put, complete, ask } = await withUpload();
  const { headers } = await put(1, '');
  expect((await complete(part(1, headers['etag'] ?? ''))).status).toBe(200);
  const read = await ask('GET', '/lake/k');
  expect([read.status, read.headers['content-length'], read.headers['etag']]).toEqual([
    200,
    '0',
    '"59adb24ef3cdbe0297f05b395827453f-1"',
  ]);
});

test('an upload is one of its key, and nothing else is', async () => {
  const { ask, id, put, complete } = await withUpload();
  const { headers } = await put(1);
  for (const [key, uploadId] of [
    ['other', id],
    ['k', `${id}0`],
    ['k', '..'],
    ['k', ''],
  ]) {
    const answers = [
      await put(1, 'x', key, uploadId),
      await ask('GET', `/lake/${key}?uploadId=${uploadId}`),
      await ask('DELETE', `/lake/${key}?uploadId=${uploadId}`),
      await complete(part(1, headers['etag'] ?? ''), key, uploadId),
    ];
    expect(
      answers.map(({ code }) => code),
      `${key} ${uploadId}`,
    ).toEqual(Array(4).fill('NoSuchUpload'));
  }
});

test.each([
  ['a part without a number', '<Part><ETag>x</ETag></Part>'],
  ['a part without an ETag', '<Part><PartNumber>1</PartNumber></Part>'],
  ['no part', ''],
  ['two numbers in one part', '<Part><PartNumber>1</PartNumber><PartNumber>1</PartNumber><ETag>x</ETag></Part>'],
])('completing with %s is malformed, and leaves the upload as it was', async (_, document) => {
  const { put, complete } = await withUpload();
  const { headers } = await put(1);
  expect((await complete(document)).code).toBe('MalformedXML');
  expect((await complete(part(1, headers['etag'] ?? ''))).status).toBe(200);
});

test('the same part twice, or parts that go back, are out of order', async () => {
  const { put, complete } = await withUpload();
  const etag = (await put(1)).headers['etag'] ?? '';
  await put(2);
  expect((await complete(part(1, etag) + part(1, etag))).code).toBe('InvalidPartOrder');
  expect((await complete(part(2, etag) + part(1, etag))).code).toBe('InvalidPartOrder');
});

test('an object in parts has the headers and metadata that its upload began with', async () => {
  const headers = { 'content-type': 'text/csv', 'content-encoding': 'gzip', 'x-amz-meta-origin': 'parts' };
  const { put, complete, ask } = await withUpload(headers);
  const sent = await put(1);
  const completed = await complete(part(1, sent.headers['etag'] ?? ''));
  expect(elements(completed, 'Location')[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/lake\/k$/);
  expect((await ask('HEAD', '/lake/k')).headers).toMatchObject(headers);
});

test('parts are listed in pages, down to pages of none', async () => {
  const { ask, id, put } = await withUpload();
  for (const number of [10_000, 2, 30]) await put(number);
  const list = async (query: string) => {
    const answer = await ask('GET', `/lake/k?uploadId=${id}&${query}`);
    const [isTruncated] = elements(answer, 'IsTruncated');
    return {
      numbers: elements(answer, 'PartNumber'),
      isTruncated,
      next: elements(answer, 'NextPartNumberMarker')[0],
      answer,
    };
  };
  expect(await list('max-parts=2')).toMatchObject({ numbers: ['2', '30'], isTruncated: 'true', next: '30' });
  expect(await list('part-number-marker=30')).toMatchObject({ numbers: ['10000'], isTruncated: 'false' });
  expect(await list('part-number-marker=10000')).toMatchObject({ numbers: [], isTruncated: 'false' });
  expect(await list('max-parts=0')).toMatchObject({ numbers: [], isTruncated: 'false' });
  expect((await list('max-parts=x')).answer.code).toBe('InvalidArgument');
});

test('uploads are listed below a prefix, grouped, from a marker on, and encoded if asked', async () => {
  const { ask, begin } = await withUpload();
  const ids = [await begin('a/1'), await begin('a/2/x'), await begin('a/2/y'), await begin('b%20%2B')];
  const list = async (query: string) => {
    const answer = await ask('GET', `/lake?uploads&${query}`);
    const prefixes = [...answer.body.matchAll(/<CommonPrefixes><Prefix>([^<]*)/g)].map(([, prefix]) => prefix);
    return { ids: elements(answer, 'UploadId'), keys: elements(answer, 'Key'), prefixes, answer };
  };
  expect(await list('prefix=a%2F')).toMatchObject({ ids: ids.slice(0, 3) });
  expect(await list('prefix=a%2F&delimiter=%2F')).toMatchObject({ ids: [ids[0]], prefixes: ['a/2/'] });
  expect(await list('key-marker=a%2F2%2Fx')).toMatchObject({ keys: ['a/2/y', 'b +', 'k'] });
  expect(await list('prefix=b&encoding-type=url')).toMatchObject({ keys: ['b%20%2B'] });
  expect((await list('max-uploads=0')).answer.code).toBe('InvalidArgument');
});

test('a document of ten thousand parts with their checksums is read, and one of more is not', async () => {
  const { complete } = await withUpload();
  const checksum = `<ChecksumSHA256>${'A'.repeat(43)}=</ChecksumSHA256>`;
  const parts = Array.from({ length: 10_001 }, (_, index) =>
    part(index + 1, `&quot;${'0'.repeat(32)}&quot;`, checksum),
  );
  expect((await complete(parts.slice(1).join(''))).code).toBe('InvalidPart');
  expect((await complete(parts.join(''))).code).toBe('MalformedXML');
});
