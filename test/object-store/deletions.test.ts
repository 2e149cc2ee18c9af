import { expect, test } from 'vitest';
import { elements, withBucket } from './asking.ts';

const object = (key: string, more = '') => `<Object><Key>${key}</Key>${more}</Object>`;

async function withObjects(...keys: string[]) {
  const { ask, ...rest } = await withBucket();
  for (const key of keys) await ask('PUT', `/lake/${encodeURIComponent(key)}`, { body: key });
  const remove = (content: string) => ask('POST', '/lake?delete', { body: `<Delete>${content}</Delete>` });
  const left = async () => elements(await ask('GET', '/lake'), 'Key');
  return { ask, remove, left, ...rest };
}

test('a request to delete many is answered for each key, also where one cannot be deleted', async () => {
  const { remove, left } = await withObjects('a', 'b');
  const answer = await remove(object('a') + object('x'.repeat(1025)) + object('missing') + object('a'));
  expect(answer.status).toBe(200);
  expect(/<Deleted>.*<\/Deleted>/.exec(answer.body)?.[0]).toBe(
    ['a', 'missing', 'a'].map((key) => `<Deleted><Key>${key}</Key></Deleted>`).join(''),
  );
  expect([answer.code, elements(answer, 'Code')]).toEqual(['KeyTooLongError', ['KeyTooLongError']]);
  expect(await left()).toEqual(['b']);
});

test('asked to be quiet, only what failed is answered', async () => {
  const { remove, left } = await withObjects('a', 'b');
  const answer = await remove(`<Quiet>true</Quiet>${object('a')}${object('x'.repeat(1025))}`);
  expect([answer.body.includes('<Deleted>'), elements(answer, 'Code')]).toEqual([false, ['KeyTooLongError']]);
  expect(await left()).toEqual(['b']);
});

test('a thousand keys are deleted at once', async () => {
  const { remove, left } = await withObjects('k999', 'other');
  const answer = await remove(Array.from({ length: 1000 }, (_, index) => object(`k${index}`)).join(''));
  expect([answer.status, elements(answer, 'Key')]).toEqual([200, expect.objectContaining({ length: 1000 })]);
  expect(await left()).toEqual(['other']);
});

test('of many, those are deleted that are still what they were', async () => {
  const { remove, left } = await withObjects('a', 'b');
  const etagOfA = '0cc175b9c0f1b6a831c399e269772661';
  const answer = await remove(
    [
      object('a', `<ETag>&quot;${etagOfA}&quot;</ETag>`),
      object('b', `<ETag>${etagOfA}</ETag>`),
      object('none', `<ETag>${etagOfA}</ETag>`),
    ].join(''),
  );
  expect(elements(answer, 'Code')).toEqual(['PreconditionFailed', 'NoSuchKey']);
  expect(await left()).toEqual(['b']);
});

test.each([
  ['<VersionId>7</VersionId>', 501, 'NotImplemented'],
  ['<Size>1</Size>', 501, 'NotImplemented'],
  ['<LastModifiedTime>Thu, 01 Dec 1994 16:00:00 GMT</LastModifiedTime>', 501, 'NotImplemented'],
  ['<Key>again</Key>', 400, 'MalformedXML'],
])('an object to delete that has %s is answered with %i %s, and none is deleted', async (more, status, code) => {
  const { remove, left } = await withObjects('a', 'b');
  const answer = await remove(object('a') + object('b', more));
  expect([answer.status, answer.code]).toEqual([status, code]);
  expect(await left()).toEqual(['a', 'b']);
});

test('an object to delete without a key is malformed', async () => {
  const { remove } = await withObjects();
  expect([(await remove('<Object/>')).code, (await remove(object(''))).code]).toEqual(['MalformedXML', 'MalformedXML']);
});

test('the only version of an object is deleted by its name', async () => {
  const { ask, remove, left } = await withObjects('a', 'b', 'c');
  await ask('DELETE', '/lake/a?versionId=null');
  await remove(object('b', '<VersionId>null</VersionId>'));
  expect(await left()).toEqual(['c']);
  expect((await ask('GET', '/lake/c?versionId=null')).body).toBe('c');
  expect((await ask('DELETE', '/lake/c?versionId=1')).code).toBe('NotImplemented');
});

test('an object is deleted only if it is still what it was, where that is asked', async () => {
  const { ask, left } = await withObjects('a');
  const remove = (etag: string) => ask('DELETE', '/lake/a', { headers: { 'if-match': etag } });
  expect([(await remove('"other"')).code, await left()]).toEqual(['PreconditionFailed', ['a']]);
  expect((await remove('*')).status).toBe(204);
  expect((await remove('*')).code).toBe('NoSuchKey');
});
