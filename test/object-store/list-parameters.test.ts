import { expect, test } from 'vitest';
import { elements, withBucket } from './asking.ts';

async function withKeys(...keys: string[]) {
  const { ask } = await withBucket();
  for (const key of keys) await ask('PUT', `/lake/${encodeURIComponent(key)}`);
  return async (query: string) => {
    const answer = await ask('GET', `/lake?${query}`);
    const [truncated] = elements(answer, 'IsTruncated');
    const prefixes = [...answer.body.matchAll(/<CommonPrefixes><Prefix>([^<]*)/g)].map(([, prefix]) => prefix);
    return { answer, keys: elements(answer, 'Key'), prefixes, isTruncated: truncated === 'true' };
  };
}

test('a delimiter may have several characters, and lie behind a prefix only', async () => {
  const list = await withKeys('a--b--c', 'a--b--d', 'a-b', 'b--', 'c');
  expect(await list('list-type=2&delimiter=--')).toMatchObject({ keys: ['a-b', 'c'], prefixes: ['a--', 'b--'] });
  expect(await list('list-type=2&delimiter=--&prefix=a--')).toMatchObject({ keys: [], prefixes: ['a--b--'] });
  expect(await list('list-type=2&delimiter=%2F')).toMatchObject({ prefixes: [], keys: { length: 5 } });
  expect(await list('list-type=2&delimiter=')).toMatchObject({ prefixes: [], keys: { length: 5 } });
});

test('start-after is heeded below a prefix, before it and behind it', async () => {
  const list = await withKeys('a/1', 'b/1', 'b/2', 'b/3', 'c/1');
  const after = async (key: string) => (await list(`list-type=2&prefix=b%2F&start-after=${key}`)).keys;
  expect(await after('a%2F1')).toEqual(['b/1', 'b/2', 'b/3']);
  expect(await after('b%2F1')).toEqual(['b/2', 'b/3']);
  expect(await after('b%2F1x')).toEqual(['b/2', 'b/3']);
  expect(await after('c')).toEqual([]);
  expect((await list('prefix=b%2F&marker=b%2F2')).keys).toEqual(['b/3']);
});

test.each(['list-type=2&', ''])('a page of no keys is the last one (?%s)', async (version) => {
  const list = await withKeys('a', 'b');
  const page = await list(`${version}max-keys=0`);
  expect(page).toMatchObject({ keys: [], isTruncated: false });
  expect(elements(page.answer, 'MaxKeys')).toEqual(['0']);
});

test('a page holds a thousand keys at most, whatever is asked', async () => {
  const list = await withKeys('a');
  expect(elements((await list('list-type=2&max-keys=5000')).answer, 'MaxKeys')).toEqual(['1000']);
  for (const maximum of ['-1', 'x', '1.5', '99999999999']) {
    expect((await list(`list-type=2&max-keys=${maximum}`)).answer.code, maximum).toBe('InvalidArgument');
  }
});

test('a token leads on from its page, and one that was tampered with nowhere but to an error or another page', async () => {
  const list = await withKeys('a', 'b/1', 'b/2', 'c');
  const first = await list('list-type=2&max-keys=2&delimiter=%2F');
  expect(first).toMatchObject({ keys: ['a'], prefixes: ['b/'], isTruncated: true });
  const [token = ''] = elements(first.answer, 'NextContinuationToken');
  const second = await list(`list-type=2&delimiter=%2F&continuation-token=${token}&start-after=zzz`);
  expect(second).toMatchObject({ keys: ['c'], prefixes: [], isTruncated: false });
  for (const tampered of ['', `${token}%3D`, `%2A${token}`, '%00', '%FF', 'a']) {
    const { status, code } = (await list(`list-type=2&continuation-token=${tampered}`)).answer;
    expect([status, code], tampered).toEqual([400, tampered === '%FF' ? 'InvalidURI' : 'InvalidArgument']);
  }
});

test('asked for encoded keys, all that a key can be in is encoded', async () => {
  const list = await withKeys('a b+c/\u00fc%', 'a b+c/x/y');
  const query = 'encoding-type=url&prefix=a%20b%2Bc%2F&delimiter=x%2F';
  const second = await list(`list-type=2&${query}&start-after=a%20b`);
  expect(second).toMatchObject({ keys: ['a%20b%2Bc/%C3%BC%25'], prefixes: ['a%20b%2Bc/x/'] });
  expect(elements(second.answer, 'Prefix')[0]).toBe('a%20b%2Bc/');
  expect(elements(second.answer, 'Delimiter')).toEqual(['x/']);
  expect(elements(second.answer, 'StartAfter')).toEqual(['a%20b']);
  const first = await list(`${query}&marker=a%20b&max-keys=1`);
  expect(elements(first.answer, 'Marker')).toEqual(['a%20b']);
  expect(elements(first.answer, 'NextMarker')).toEqual(['a%20b%2Bc/x/']);
});

test('the older listing names its next marker only where keys are grouped, as S3 does', async () => {
  const list = await withKeys('a', 'b', 'c');
  const plain = await list('max-keys=2');
  expect([plain.isTruncated, elements(plain.answer, 'NextMarker')]).toEqual([true, []]);
  const grouped = await list('max-keys=2&delimiter=%2F');
  expect(elements(grouped.answer, 'NextMarker')).toEqual(['b']);
});

test('a bucket without a slash at its end is the same with one', async () => {
  const { ask } = await withBucket();
  await ask('PUT', '/lake/k');
  expect(elements(await ask('GET', '/lake/?list-type=2'), 'Key')).toEqual(['k']);
  expect((await ask('HEAD', '/lake/')).status).toBe(200);
});
