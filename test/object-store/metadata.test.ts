import { expect, test } from 'vitest';
import { withBucket } from './asking.ts';

test('what a client says of its content comes back as it was', async () => {
  const { ask } = await withBucket();
  const headers = {
    'cache-control': 'max-age=60, must-revalidate',
    'content-disposition': 'inline; filename="a b.csv"',
    'content-encoding': 'gzip',
    'content-language': 'de, en',
    'content-type': 'text/csv; charset=utf-8',
    expires: 'Thu, 01 Dec 1994 16:00:00 GMT',
  };
  await ask('PUT', '/lake/k', { headers });
  expect((await ask('GET', '/lake/k')).headers).toMatchObject(headers);
  expect((await ask('HEAD', '/lake/k')).headers).toMatchObject(headers);
});

test('of an object that nothing is said of, the type is what S3 takes', async () => {
  const { ask } = await withBucket();
  for (const nothing of [{}, { 'content-type': '', 'content-encoding': '' }]) {
    await ask('PUT', '/lake/k', { headers: nothing });
    const { headers } = await ask('HEAD', '/lake/k');
    expect([headers['content-type'], headers['content-encoding']]).toEqual(['binary/octet-stream', undefined]);
  }
});

test.each([
  ['aws-chunked', undefined],
  ['aws-chunked,gzip', 'gzip'],
  ['gzip, aws-chunked', 'gzip'],
  ['gzip, br', 'gzip, br'],
])('the content encoding "%s" is kept as %s', async (encoding, kept) => {
  const { ask } = await withBucket();
  await ask('PUT', '/lake/k', { headers: { 'content-encoding': encoding } });
  expect((await ask('HEAD', '/lake/k')).headers['content-encoding']).toBe(kept);
});

test('metadata beyond ASCII come back as S3 answers them, in RFC 2047', async () => {
  const { ask } = await withBucket();
  const encoded = '=?UTF-8?B?SsO2cmc=?=';
  await ask('PUT', '/lake/k', { headers: { 'x-amz-meta-plain': 'J\u00f6rg', 'x-amz-meta-encoded': encoded } });
  const { headers } = await ask('GET', '/lake/k');
  expect([headers['x-amz-meta-plain'], headers['x-amz-meta-encoded']]).toEqual([encoded, encoded]);
});

test('metadata may be 2 KB, names included, and no more', async () => {
  const { ask } = await withBucket();
  const put = async (length: number) =>
    (await ask('PUT', '/lake/k', { headers: { 'x-amz-meta-name': 'x'.repeat(length) } })).code;
  expect([await put(2044), await put(2045)]).toEqual([undefined, 'MetadataTooLarge']);
});

test('a copy keeps what was said of the content, or has all of it replaced', async () => {
  const { ask } = await withBucket();
  await ask('PUT', '/lake/k', {
    headers: { 'content-type': 'text/csv', 'cache-control': 'no-store', 'x-amz-meta-a': '1' },
  });
  const source = { 'x-amz-copy-source': 'lake/k' };
  await ask('PUT', '/lake/same', { headers: { ...source, 'content-type': 'text/html', 'x-amz-meta-b': '2' } });
  expect((await ask('HEAD', '/lake/same')).headers).toMatchObject({
    'content-type': 'text/csv',
    'cache-control': 'no-store',
    'x-amz-meta-a': '1',
  });
  await ask('PUT', '/lake/k', { headers: { ...source, 'x-amz-metadata-directive': 'REPLACE', 'x-amz-meta-b': '2' } });
  const { headers } = await ask('HEAD', '/lake/k');
  expect([headers['content-type'], headers['cache-control']]).toEqual(['binary/octet-stream', undefined]);
  expect([headers['x-amz-meta-a'], headers['x-amz-meta-b']]).toEqual([undefined, '2']);
});
