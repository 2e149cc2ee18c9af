import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { exchange, lines } from './raw.ts';
import { clientFor, failure, serve, temporaryFolder } from './serving.ts';
import { signed } from './signing.ts';

const oddKeys = [
  'a',
  'a/b',
  'a/',
  'a//b',
  '/a',
  '//',
  '.',
  '..',
  '../../etc/passwd',
  'x/../../y',
  'a\\b',
  'con',
  'bucket.json',
  'ünï cödé/日本語/\u{1F600}',
  'e\u0301',
  '\u00e9',
  'per%cent%2Fslash',
  'plus+and space',
  "!'()*~",
  'q?a=b&c#d',
  ';:@,$[]{}|<>"^`',
  'line\nfeed\ttab\rreturn',
  '\u007f\u0080',
  'UPPER',
  'upper',
  'x'.repeat(1024),
  'ü'.repeat(512),
];

test('keys of every shape are kept apart, come back, and stay within the data folder', async () => {
  const parent = await temporaryFolder();
  const { port } = await serve({ dataDirectory: join(parent, 'data') });
  const client = clientFor(port);
  await client.send(new CreateBucketCommand({ Bucket: 'lake' }));
  for (const [index, key] of oddKeys.entries()) {
    await client.send(new PutObjectCommand({ Bucket: 'lake', Key: key, Body: `${index}` }));
  }
  for (const [index, key] of oddKeys.entries()) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: 'lake', Key: key }));
    expect(await Body?.transformToString(), key).toBe(`${index}`);
  }
  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: 'lake' }));
  const sorted = [...oddKeys].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  expect(Contents?.map(({ Key }) => Key)).toEqual(sorted);
  expect(await readdir(parent)).toEqual(['data']);
  for (const key of oddKeys) await client.send(new DeleteObjectCommand({ Bucket: 'lake', Key: key }));
  expect((await client.send(new ListObjectsV2Command({ Bucket: 'lake' }))).KeyCount).toBe(0);
});

test('a key of more than 1,024 bytes is refused', async () => {
  const { port } = await serve();
  const client = clientFor(port);
  await client.send(new CreateBucketCommand({ Bucket: 'lake' }));
  for (const key of ['x'.repeat(1025), 'ü'.repeat(513)]) {
    const attempt = client.send(new PutObjectCommand({ Bucket: 'lake', Key: key, Body: 'x' }));
    expect(await failure(attempt)).toEqual({ code: 'KeyTooLongError', status: 400 });
  }
});

test.each([
  ['/lake/%ff', 'InvalidURI'],
  ['/lake/%zz', 'InvalidURI'],
  ['/lake/%c0%ae%c0%ae', 'InvalidURI'],
  ['//key', 'InvalidBucketName'],
  ['/..%2F..%2Fetc/passwd', 'NoSuchBucket'],
  ['/../key', 'NoSuchBucket'],
  ['/%00/key', 'NoSuchBucket'],
])('the target %s is answered with %s', async (target, code) => {
  const { port } = await serve();
  const { headers } = signed({ method: 'GET', target }, { port });
  expect((await exchange(port, lines('GET', target, headers))).code).toBe(code);
});
