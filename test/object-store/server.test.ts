import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { FolderInUseError, startObjectStore } from '../../src/object-store/server.ts';
import { dial, exchange, lines, readAnswer } from './raw.ts';
import { clientFor, root, serve, temporaryFolder } from './serving.ts';
import { signed } from './signing.ts';

test('whoever asks whether it lives is told so, and which server it is', async () => {
  const { port, server } = await serve({ id: 'environment-7' });
  const answer = await fetch(`http://${server.address}:${port}/minio/health/live`);
  expect([answer.status, answer.headers.get('x-server-id')]).toEqual([200, 'environment-7']);
});

test('it listens on the loopback address unless told otherwise', async () => {
  const { server } = await serve();
  expect(server.address).toBe('127.0.0.1');
});

test('a port that is taken is an error, and leaves the folder free', async () => {
  const { port } = await serve();
  const dataDirectory = await temporaryFolder();
  await expect(startObjectStore({ dataDirectory, port, rootKey: root })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await serve({ dataDirectory });
});

test('a folder is used by one server at a time, also where its path is long', async () => {
  const folders = [await temporaryFolder(), join(await temporaryFolder(), 'long'.repeat(30))];
  for (const dataDirectory of folders) {
    await mkdir(dataDirectory, { recursive: true });
    const first = await startObjectStore({ dataDirectory, port: 0 });
    await expect(startObjectStore({ dataDirectory, port: 0 })).rejects.toBeInstanceOf(FolderInUseError);
    await first.close();
    await (await startObjectStore({ dataDirectory, port: 0 })).close();
  }
});

test('what it keeps is for its owner only, and its folder has no socket once it is closed', async () => {
  const dataDirectory = join(await temporaryFolder(), 'data');
  const server = await startObjectStore({ dataDirectory, port: 0, rootKey: root });
  const client = clientFor(server.port);
  await client.send(new CreateBucketCommand({ Bucket: 'lake' }));
  await client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'k', Body: Buffer.alloc(200_000) }));
  await server.close();
  expect(await readdir(dataDirectory)).toEqual(['buckets', 'limbo']);
  for (const name of ['', ...(await readdir(dataDirectory, { recursive: true }))]) {
    const { mode } = await stat(join(dataDirectory, name));
    expect(mode & 0o077, name).toBe(0);
  }
});

test('closing lets a request that is under way finish, and takes no other', async () => {
  const dataDirectory = await temporaryFolder();
  const server = await startObjectStore({ dataDirectory, port: 0, rootKey: root });
  await clientFor(server.port).send(new CreateBucketCommand({ Bucket: 'lake' }));
  const request = { method: 'PUT', target: '/lake/k', headers: { 'content-length': '8', expect: '100-continue' } };
  const { headers } = signed(request, { port: server.port, payloadHash: 'UNSIGNED-PAYLOAD' });
  const socket = dial(server.port);
  socket.write(`${lines('PUT', '/lake/k', headers).join('\r\n')}\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  const closed = server.close();
  await expect(fetch(`http://127.0.0.1:${server.port}/minio/health/live`)).rejects.toThrow('fetch failed');
  socket.write('complete');
  expect((await readAnswer(socket)).status).toBe(200);
  await closed;
  const again = await serve({ dataDirectory });
  const { Body } = await clientFor(again.port).send(new GetObjectCommand({ Bucket: 'lake', Key: 'k' }));
  expect(await Body?.transformToString()).toBe('complete');
});

test.each([
  ['GET', '/lake?acl'],
  ['GET', '/lake?versioning'],
  ['GET', '/lake?lifecycle'],
  ['GET', '/lake?cors'],
  ['GET', '/lake?object-lock'],
  ['GET', '/lake/k?acl'],
  ['DELETE', '/lake/k?tagging'],
  ['GET', '/lake?versions'],
  ['PUT', '/lake?policy'],
  ['PUT', '/lake?tagging'],
  ['PUT', '/lake/k?tagging'],
  ['GET', '/lake/k?attributes'],
  ['GET', '/lake/k?versionId=1'],
  ['PUT', '/lake/k?partNumber=1'],
  ['DELETE', '/lake/k?partNumber=1'],
  ['DELETE', '/lake?unheard-of'],
  ['POST', '/lake'],
  ['POST', '/lake/k?restore'],
  ['POST', '/lake/k?select'],
  ['PATCH', '/lake/k'],
  ['DELETE', '/'],
])('%s %s is said not to be implemented', async (method, target) => {
  const { port } = await serve();
  await clientFor(port).send(new CreateBucketCommand({ Bucket: 'lake' }));
  const answer = await exchange(port, lines(method, target, signed({ method, target }, { port }).headers));
  expect([answer.status, answer.code]).toEqual([501, 'NotImplemented']);
});

test.each([
  ['x-amz-server-side-encryption', 'aws:kms'],
  ['x-amz-tagging', 'a=b'],
  ['x-amz-acl', 'public-read'],
  ['x-amz-storage-class', 'GLACIER'],
  ['x-amz-object-lock-mode', 'GOVERNANCE'],
  ['x-amz-expected-bucket-owner', '123456789012'],
  ['x-amz-website-redirect-location', '/'],
  ['x-amz-grant-read', 'id="1"'],
  ['if-none-match', '"an-etag"'],
  ['x-amz-checksum-md5', 'AAAA'],
])('the header %s: %s is said not to be implemented', async (name, value) => {
  const { port } = await serve();
  await clientFor(port).send(new CreateBucketCommand({ Bucket: 'lake' }));
  const request = { method: 'PUT', target: '/lake/k', headers: { 'content-length': '0', [name]: value } };
  const answer = await exchange(port, lines('PUT', '/lake/k', signed(request, { port }).headers));
  expect([answer.status, answer.code]).toEqual([501, 'NotImplemented']);
});

test('the bucket is in the path, whatever the host is called', async () => {
  const { port } = await serve();
  await clientFor(port).send(new CreateBucketCommand({ Bucket: 'lake' }));
  const ask = async (target: string) => {
    const request = { method: 'GET', target, headers: { host: `lake.localhost:${port}` } };
    return await exchange(port, lines('GET', target, signed(request, { port }).headers));
  };
  expect([(await ask('/lake/k')).code, (await ask('/k')).code]).toEqual(['NoSuchKey', 'NoSuchBucket']);
});

test('connections are used again', async () => {
  const { port } = await serve();
  const client = clientFor(port);
  for (let time = 0; time < 3; time++) await client.send(new ListBucketsCommand({}));
  const answer = await fetch(`http://127.0.0.1:${port}/minio/health/live`);
  expect(answer.headers.get('connection')).toBe('keep-alive');
});
