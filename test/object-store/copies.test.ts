import { expect, test } from 'vitest';
import { elements, withBucket } from './asking.ts';

const odd = '/lake/a%20b%2Bc%2F%C3%BC';

async function withSource() {
  const { ask, ...rest } = await withBucket();
  const { headers } = await ask('PUT', odd, { body: 'content' });
  const copy = (source: string, more: Readonly<Record<string, string>> = {}) =>
    ask('PUT', '/lake/copy', { headers: { 'x-amz-copy-source': source, ...more } });
  const content = async () => (await ask('GET', '/lake/copy')).body;
  return { ask, copy, content, etag: headers['etag'] ?? '', ...rest };
}

test.each([
  'lake/a%20b%2Bc%2F%C3%BC',
  '/lake/a%20b%2Bc%2F%C3%BC',
  '%2Flake%2Fa+b%2Bc%2F%C3%BC',
  'lake/a b%2Bc/\u00fc',
  'lake/a%20b%2Bc/%C3%BC?versionId=null',
])('the source of a copy may be written "%s"', async (source) => {
  const { copy, content } = await withSource();
  const answer = await copy(source);
  expect([answer.status, elements(answer, 'ETag')]).toEqual([200, ['&quot;9a0364b9e99bb480dd25e1f0284c8555&quot;']]);
  expect(await content()).toBe('content');
});

test.each([
  ['', 400, 'InvalidArgument'],
  ['lake', 400, 'InvalidArgument'],
  ['/lake/', 400, 'InvalidArgument'],
  ['lake/%zz', 400, 'InvalidURI'],
  ['lake/none', 404, 'NoSuchKey'],
  ['none/k', 404, 'NoSuchBucket'],
  ['../lake/k', 404, 'NoSuchBucket'],
  ['lake/k?versionId=7', 501, 'NotImplemented'],
])('the source "%s" of a copy is answered with %i %s', async (source, status, code) => {
  const { copy, ask } = await withSource();
  const answer = await copy(source);
  expect([answer.status, answer.code]).toEqual([status, code]);
  expect((await ask('GET', '/lake/copy')).code).toBe('NoSuchKey');
});

test('a copy is made only if the conditions on its source hold', async () => {
  const { copy, etag } = await withSource();
  const [past, future] = [new Date(0).toUTCString(), new Date(Date.now() + 86_400_000).toUTCString()];
  const attempt = async (conditions: Readonly<Record<string, string>>) => {
    const headers = Object.entries(conditions).map(([name, value]) => [`x-amz-copy-source-${name}`, value]);
    return (await copy(odd, Object.fromEntries(headers))).code;
  };
  expect(await attempt({ 'if-match': '"other"' })).toBe('PreconditionFailed');
  expect(await attempt({ 'if-none-match': etag })).toBe('PreconditionFailed');
  expect(await attempt({ 'if-modified-since': future })).toBe('PreconditionFailed');
  expect(await attempt({ 'if-unmodified-since': past })).toBe('PreconditionFailed');
  expect(await attempt({ 'if-match': etag, 'if-unmodified-since': past })).toBeUndefined();
  expect(await attempt({ 'if-none-match': etag, 'if-modified-since': past })).toBe('PreconditionFailed');
  expect(await attempt({ 'if-modified-since': past, 'if-unmodified-since': future })).toBeUndefined();
});

test('a copy takes the place of nothing where it was to be the first', async () => {
  const { ask, copy, content } = await withSource();
  await ask('PUT', '/lake/copy', { body: 'first' });
  expect((await copy(odd, { 'if-none-match': '*' })).code).toBe('PreconditionFailed');
  expect(await content()).toBe('first');
});

test('a copy of an object to itself changes its metadata, or nothing at all', async () => {
  const { ask, etag } = await withSource();
  const onto = (headers: Readonly<Record<string, string>>) =>
    ask('PUT', odd, { headers: { 'x-amz-copy-source': odd, ...headers } });
  expect((await onto({})).code).toBe('InvalidRequest');
  expect((await onto({ 'x-amz-metadata-directive': 'MERGE' })).code).toBe('InvalidArgument');
  expect((await onto({ 'x-amz-metadata-directive': 'REPLACE', 'x-amz-meta-a': '1' })).status).toBe(200);
  const { headers, body } = await ask('GET', odd);
  expect([headers['x-amz-meta-a'], headers['etag'], body]).toEqual(['1', etag, 'content']);
});

test('a copy has the checksum that is asked for', async () => {
  const { ask, copy } = await withSource();
  const answer = await copy(odd, { 'x-amz-checksum-algorithm': 'SHA256' });
  const sha256 = '7XACtDnprIRfIjV9giusFERzD722AW0+yUMil7nsn3M=';
  expect([elements(answer, 'ChecksumSHA256'), elements(answer, 'ChecksumType')]).toEqual([[sha256], ['FULL_OBJECT']]);
  const { headers } = await ask('HEAD', '/lake/copy', { headers: { 'x-amz-checksum-mode': 'ENABLED' } });
  expect(headers['x-amz-checksum-sha256']).toBe(sha256);
});
