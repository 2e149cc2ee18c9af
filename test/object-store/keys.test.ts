import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { expect, test, vi } from 'vitest';
import { clientFor, failure, root, serve, temporaryFolder } from './serving.ts';

const canary = { accessKeyId: 'canary', secretAccessKey: 'canary-secret' };
const everywhere = { accessKeyId: 'all', secretAccessKey: 'all-secret' };

async function writeKeys(path: string, keys: readonly object[]): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify({ keys }), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

async function withKeysFile(keys: readonly object[]) {
  const keysFile = join(await temporaryFolder(), 'keys.json');
  await writeKeys(keysFile, keys);
  const { port, lines } = await serve({ keysFile });
  const owner = clientFor(port, root);
  for (const Bucket of ['dk-canary-lake', 'dk-local-lake']) {
    await owner.send(new CreateBucketCommand({ Bucket }));
    await owner.send(new PutObjectCommand({ Bucket, Key: 'k', Body: Bucket }));
  }
  return { port, keysFile, lines };
}

test("a key opens its own buckets, and nothing of another's", async () => {
  const { port } = await withKeysFile([{ ...canary, buckets: ['dk-canary-lake'] }]);
  const client = clientFor(port, canary);
  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'dk-canary-lake', Key: 'k' }));
  expect(await Body?.transformToString()).toBe('dk-canary-lake');
  const denied = { code: 'AccessDenied', status: 403 };
  const foreign = { Bucket: 'dk-local-lake', Key: 'k' };
  expect(await failure(client.send(new GetObjectCommand(foreign)))).toEqual(denied);
  expect(await failure(client.send(new PutObjectCommand({ ...foreign, Body: 'x' })))).toEqual(denied);
  expect(await failure(client.send(new ListObjectsV2Command({ Bucket: 'dk-local-lake' })))).toEqual(denied);
  expect((await failure(client.send(new HeadBucketCommand({ Bucket: 'dk-local-lake' })))).status).toBe(403);
  expect(await failure(client.send(new CreateBucketCommand({ Bucket: 'new-bucket' })))).toEqual(denied);
  const theft = { Bucket: 'dk-canary-lake', Key: 'stolen', CopySource: 'dk-local-lake/k' };
  expect(await failure(client.send(new CopyObjectCommand(theft)))).toEqual(denied);
  const upload = { Bucket: 'dk-canary-lake', Key: 'stolen' };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(upload));
  const part = { ...upload, UploadId, PartNumber: 1, CopySource: 'dk-local-lake/k' };
  expect(await failure(client.send(new UploadPartCopyCommand(part)))).toEqual(denied);
});

test('whether a bucket is there is not told to a key that does not open it', async () => {
  const { port } = await withKeysFile([{ ...canary, buckets: ['dk-canary-lake'] }]);
  const client = clientFor(port, canary);
  for (const Bucket of ['dk-local-lake', 'not-there', 'NO-BUCKET']) {
    const denied = { code: 'AccessDenied', status: 403 };
    expect(await failure(client.send(new ListObjectsV2Command({ Bucket }))), Bucket).toEqual(denied);
    expect(await failure(client.send(new DeleteBucketCommand({ Bucket }))), Bucket).toEqual(denied);
  }
});

test('ListBuckets shows a key its own buckets only', async () => {
  const { port } = await withKeysFile([
    { ...canary, buckets: ['dk-canary-lake', 'not-made-yet'] },
    { ...everywhere, buckets: '*' },
  ]);
  const names = async (key: typeof canary) =>
    (await clientFor(port, key).send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name);
  expect(await names(canary)).toEqual(['dk-canary-lake']);
  expect(await names(everywhere)).toEqual(['dk-canary-lake', 'dk-local-lake']);
});

test('a key that is added opens the server at once, and one that is removed soon does not', async () => {
  const { port, keysFile } = await withKeysFile([]);
  const client = clientFor(port, canary);
  const list = () => client.send(new ListBucketsCommand({}));
  expect(await failure(list())).toEqual({ code: 'InvalidAccessKeyId', status: 403 });
  await writeKeys(keysFile, [{ ...canary, buckets: '*' }]);
  expect((await list()).Buckets).toHaveLength(2);
  await writeKeys(keysFile, []);
  const isRefused = async () => expect((await failure(list())).code).toBe('InvalidAccessKeyId');
  await vi.waitFor(isRefused, { timeout: 5000, interval: 100 });
});

test('a keys file that cannot be read leaves the keys as they were, and its secrets out of the log', async () => {
  const { port, keysFile, lines } = await withKeysFile([{ ...canary, buckets: '*' }]);
  const client = clientFor(port, canary);
  await client.send(new ListBucketsCommand({}));
  await writeFile(keysFile, '{"keys": [{"secretAccessKey": "do-not-tell" ');
  const isLogged = async () => {
    expect((await client.send(new ListBucketsCommand({}))).Buckets).toHaveLength(2);
    expect(lines.join('\n')).toContain(keysFile);
  };
  await vi.waitFor(isLogged, { timeout: 5000, interval: 100 });
  expect(lines.join('\n')).not.toContain('do-not-tell');
});

test('without a keys file, or with one that is gone, only the root key works', async () => {
  const { port, keysFile } = await withKeysFile([{ ...canary, buckets: '*' }]);
  await rm(keysFile);
  await clientFor(port, root).send(new ListBucketsCommand({}));
  const refused = await failure(clientFor(port, canary).send(new ListBucketsCommand({})));
  expect(refused).toEqual({ code: 'InvalidAccessKeyId', status: 403 });
});
