import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { exchange, lines, type RawAnswer } from './raw.ts';
import { clientFor, serve, temporaryFolder } from './serving.ts';
import { presigned, presignedV2, signed, type Unsigned } from './signing.ts';

const canary = { accessKeyId: 'canary/with+odd=characters', secretAccessKey: 'canary-secret' };

async function withObject() {
  const keysFile = join(await temporaryFolder(), 'keys.json');
  await writeFile(keysFile, JSON.stringify({ keys: [{ ...canary, buckets: ['own'] }] }));
  const { port } = await serve({ keysFile });
  const client = clientFor(port);
  for (const Bucket of ['lake', 'own']) {
    await client.send(new CreateBucketCommand({ Bucket }));
    await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'content' }));
  }
  return { port, client };
}

const get: Unsigned = { method: 'GET', target: '/lake/k' };

async function send(port: number, request: Unsigned, target: string): Promise<RawAnswer> {
  const length = request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) };
  const headers = { host: `127.0.0.1:${port}`, ...length, ...request.headers };
  return await exchange(port, lines(request.method, target, headers), request.body);
}

test('the signature of the example in the documentation of AWS is accepted', async () => {
  const rootKey = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
  const { port } = await serve({ rootKey, now: () => new Date(1_175_139_000_000) });
  const target =
    '/johnsmith/photos/puppy.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620';
  expect((await send(port, { method: 'GET', target }, target)).code).toBe('NoSuchBucket');
  expect((await send(port, { method: 'PUT', target }, target)).code).toBe('SignatureDoesNotMatch');
});

test('an object is put, got, looked at and deleted by presigned URLs of version 2', async () => {
  const { port } = await withObject();
  const ask = (request: Unsigned) => send(port, request, presignedV2(request, {}, 60));
  const target = '/lake/odd%20key%2Bwith/%C3%BC%3F';
  expect((await ask({ method: 'PUT', target, body: 'new' })).status).toBe(200);
  expect((await ask({ method: 'GET', target })).body).toBe('new');
  const head = await ask({ method: 'HEAD', target });
  expect([head.status, head.headers['content-length'], head.body]).toEqual([200, '3', '']);
  expect((await ask({ method: 'DELETE', target })).status).toBe(204);
  expect((await ask({ method: 'GET', target })).code).toBe('NoSuchKey');
});

test('a presigned URL of version 2 ends when it says', async () => {
  const { port } = await withObject();
  const at = (seconds: number) => new Date(Date.now() + seconds * 1000);
  expect((await send(port, get, presignedV2(get, { at: at(-3600) }, 3660))).body).toBe('content');
  const expired = await send(port, get, presignedV2(get, { at: at(-120) }, 60));
  expect([expired.status, expired.code]).toEqual([403, 'AccessDenied']);
  expect(expired.body).toContain('Request has expired');
});

test('a presigned URL of version 2 is good for what it was signed only', async () => {
  const { port } = await withObject();
  const target = presignedV2(get, {}, 60);
  const refused = async (changed: string, request: Partial<Unsigned> = {}) =>
    (await send(port, { ...get, ...request }, changed)).code;
  const until = /Expires=(\d+)/.exec(target)?.[1];
  for (const changed of [
    target.replace('/lake/k', '/lake/j'),
    target.replace('/lake/k', '/lake//k'),
    target.replace(`Expires=${until}`, `Expires=${Number(until) + 1}`),
    target.replace(/Signature=../, 'Signature=AA'),
    `${target}&uploadId=1`,
    `${target}&partNumber=1`,
    `${target}&versionId=1`,
    `${target}&acl`,
    `${target}&response-content-type=text%2Fhtml`,
    `${target}&x-amz-checksum-mode=ENABLED`,
    `${target}&content-type=text%2Fhtml`,
  ]) {
    expect(await refused(changed), changed).toBe('SignatureDoesNotMatch');
  }
  for (const method of ['PUT', 'DELETE', 'POST']) {
    expect(await refused(target, { method, headers: { 'content-length': '0' } }), method).toBe('SignatureDoesNotMatch');
  }
  expect(await refused(target, { headers: { 'x-amz-meta-added': 'on the way' } })).toBe('SignatureDoesNotMatch');
  expect(await refused(`${target}&unheard-of=1`)).toBe('NotImplemented');
});

test('a presigned URL of version 2 to put an object is no leave to copy another', async () => {
  const { port } = await withObject();
  const put: Unsigned = { method: 'PUT', target: '/own/new', headers: { 'content-length': '0' } };
  const target = presignedV2({ ...put, headers: {} }, { key: canary }, 60);
  const headers = { ...put.headers, 'x-amz-copy-source': 'own/k' };
  expect((await send(port, { ...put, headers }, target)).code).toBe('SignatureDoesNotMatch');
  expect((await send(port, put, `${target}&x-amz-copy-source=own%2Fk`)).code).toBe('SignatureDoesNotMatch');
});

test('what a presigned URL of version 2 lacks or garbles is told', async () => {
  const { port } = await withObject();
  const target = presignedV2(get, {}, 60);
  const answered = async (changed: string) => {
    const { status, code, body } = await send(port, get, changed);
    return [status, code, /<Message>(.*)<\/Message>/.exec(body)?.[1]];
  };
  const incomplete = 'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters';
  expect(await answered(target.replace(/&Expires=\d+/, ''))).toEqual([403, 'AccessDenied', incomplete]);
  expect(await answered(target.replace(/&Signature=.*/, ''))).toEqual([403, 'AccessDenied', incomplete]);
  expect(await answered(target.replace(/Expires=\d+/, 'Expires=tomorrow'))).toEqual([
    403,
    'AccessDenied',
    expect.stringContaining('Invalid date'),
  ]);
  expect(await answered(target.replace('KeyId=root', 'KeyId=nobody'))).toEqual([
    403,
    'InvalidAccessKeyId',
    expect.any(String),
  ]);
});

test("a cell's key presigns for its own buckets only", async () => {
  const { port } = await withObject();
  const own = { method: 'GET', target: '/own/k' };
  expect((await send(port, own, presignedV2(own, { key: canary }, 60))).body).toBe('content');
  const foreign = await send(port, get, presignedV2(get, { key: canary }, 60));
  expect([foreign.status, foreign.code]).toEqual([403, 'AccessDenied']);
});

test('a presigned URL of version 2 and any other signature are one too many', async () => {
  const { port } = await withObject();
  const target = presignedV2(get, {}, 60);
  const both = await send(port, { ...get, headers: signed({ ...get, target }, { port }).headers }, target);
  expect([both.status, both.code]).toEqual([400, 'InvalidArgument']);
  const bothInUrl = await send(port, get, presigned({ ...get, target }, { port }, 60));
  expect([bothInUrl.status, bothInUrl.code]).toEqual([400, 'InvalidArgument']);
});

test('a presigned URL of version 2 fixes the headers that it was signed with', async () => {
  const { port, client } = await withObject();
  const body = 'a,b\n';
  const headers = {
    'content-md5': createHash('md5').update(body).digest('base64'),
    'content-type': 'text/csv',
    'x-amz-meta-name': 'J\u00f6rg',
  };
  const put: Unsigned = { method: 'PUT', target: '/lake/new', headers, body };
  const target = presignedV2(put, {}, 60);
  expect((await send(port, put, target)).status).toBe(200);
  const changed = { ...put, headers: { ...headers, 'content-type': 'text/html' } };
  expect((await send(port, changed, target)).code).toBe('SignatureDoesNotMatch');
  expect((await send(port, { ...put, body: 'b,a\n' }, target)).code).toBe('BadDigest');
  const { ContentType } = await client.send(new HeadObjectCommand({ Bucket: 'lake', Key: 'new' }));
  expect(ContentType).toBe('text/csv');
});

test('headers may be in a presigned URL of version 2, where boto3 puts them', async () => {
  const { port, client } = await withObject();
  const body = 'a,b\n';
  const headers = {
    'content-md5': createHash('md5').update(body).digest('base64'),
    'content-type': 'text/csv',
    'x-amz-meta-origin': 'boto3',
  };
  const put = { method: 'PUT', target: '/lake/new', body };
  const target = `${presignedV2({ ...put, headers }, {}, 60)}&${new URLSearchParams(headers)}`;
  expect((await send(port, put, target)).status).toBe(200);
  expect((await send(port, { ...put, body: 'b,a\n' }, target)).code).toBe('BadDigest');
  expect((await send(port, put, target.replace('=boto3', '=other'))).code).toBe('SignatureDoesNotMatch');
  const { ContentType, Metadata } = await client.send(new HeadObjectCommand({ Bucket: 'lake', Key: 'new' }));
  expect([ContentType, Metadata]).toEqual(['text/csv', { origin: 'boto3' }]);
});

test('a presigned URL of version 2 can name the headers of its answer, and ask for an operation of a query', async () => {
  const { port } = await withObject();
  const target = '/lake/k?response-content-disposition=attachment%3B%20filename%3D%22a%20b%22';
  const answer = await send(port, get, presignedV2({ ...get, target }, {}, 60));
  expect(answer.headers['content-disposition']).toBe('attachment; filename="a b"');
  const uploads: Unsigned = { method: 'GET', target: '/lake?uploads' };
  expect((await send(port, uploads, presignedV2(uploads, {}, 60))).body).toContain('<ListMultipartUploadsResult');
  const asBoto3Signs = presignedV2({ method: 'GET', target: '/lake/' }, {}, 60).replace('/lake/?', '/lake?');
  expect((await send(port, { method: 'GET', target: '' }, `${asBoto3Signs}&prefix=k`)).body).toContain('<Key>k</Key>');
});

test('a body in signed chunks cannot be put by a presigned URL of version 2, which has nothing to sign them with', async () => {
  const { port } = await withObject();
  const headers = { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'x-amz-decoded-content-length': '1' };
  const put: Unsigned = { method: 'PUT', target: '/lake/new', headers, body: '1\r\nx\r\n0\r\n\r\n' };
  expect((await send(port, put, presignedV2(put, {}, 60))).code).toBe('InvalidRequest');
});
