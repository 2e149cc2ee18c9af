import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { withBucket } from './asking.ts';
import { failure } from './serving.ts';

const partSize = 5 * 1024 * 1024;

async function putInParts(client: S3Client, key: string, bodies: readonly Buffer[]): Promise<void> {
  const target = { Bucket: 'lake', Key: key };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  const Parts = [];
  for (const [index, Body] of bodies.entries()) {
    const PartNumber = 2 * index + 1;
    const { ETag } = await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
  }
  await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
}

test('an object that came in parts is read part by part', async () => {
  const { client } = await withBucket();
  const bodies = [Buffer.alloc(partSize, 'one'), Buffer.from('two')];
  await putInParts(client, 'k', bodies);
  const size = partSize + 3;
  const read = (PartNumber: number) => client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'k', PartNumber }));
  const first = await read(1);
  expect(Buffer.from((await first.Body?.transformToByteArray()) ?? []).equals(bodies[0] ?? Buffer.alloc(0))).toBe(true);
  expect(first).toMatchObject({ ContentRange: `bytes 0-${partSize - 1}/${size}`, PartsCount: 2 });
  const second = await read(2);
  expect(await second.Body?.transformToString()).toBe('two');
  expect(second).toMatchObject({ ContentRange: `bytes ${partSize}-${size - 1}/${size}`, ContentLength: 3 });
  const head = await client.send(new HeadObjectCommand({ Bucket: 'lake', Key: 'k', PartNumber: 2 }));
  expect(head).toMatchObject({ ContentLength: 3, PartsCount: 2, $metadata: { httpStatusCode: 206 } });
  expect(await failure(read(3))).toEqual({ code: 'InvalidPartNumber', status: 416 });
});

test('an object that was put at once is its only part', async () => {
  const { client, ask } = await withBucket();
  await client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'k', Body: 'content' }));
  const part = await ask('GET', '/lake/k?partNumber=1');
  expect([part.status, part.body, part.headers['content-range']]).toEqual([206, 'content', 'bytes 0-6/7']);
  expect(part.headers['x-amz-mp-parts-count']).toBeUndefined();
  expect((await ask('GET', '/lake/k?partNumber=2')).code).toBe('InvalidPartNumber');
  await ask('PUT', '/lake/empty');
  const empty = await ask('GET', '/lake/empty?partNumber=1');
  expect([empty.status, empty.headers['content-length'], empty.headers['content-range']]).toEqual([
    200,
    '0',
    undefined,
  ]);
});

test('the number of a part must be one, and stand alone', async () => {
  const { client, ask } = await withBucket();
  await client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'k', Body: 'content' }));
  for (const number of ['0', '10001', '-1', 'one', '', '1.5']) {
    expect((await ask('GET', `/lake/k?partNumber=${number}`)).code, number).toBe('InvalidArgument');
  }
  const both = await ask('GET', '/lake/k?partNumber=1', { headers: { range: 'bytes=0-1' } });
  expect([both.status, both.code]).toEqual([400, 'InvalidRequest']);
  const changed = await ask('GET', '/lake/k?partNumber=1', { headers: { 'if-match': '"other"' } });
  expect(changed.code).toBe('PreconditionFailed');
});

test.each([
  ['bytes=-3', 206, 'ent'],
  ['bytes=-100', 206, 'content'],
  ['bytes=6-100', 206, 't'],
  ['bytes=0-1,3-4', 200, 'content'],
  ['bytes=5-2', 200, 'content'],
  ['bytes=', 200, 'content'],
  ['bytes=a-b', 200, 'content'],
  ['lines=0-1', 200, 'content'],
])('the range "%s" is answered with %i and "%s"', async (range, status, body) => {
  const { client, ask } = await withBucket();
  await client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'k', Body: 'content' }));
  const answer = await ask('GET', '/lake/k', { headers: { range } });
  expect([answer.status, answer.body]).toEqual([status, body]);
  const head = await ask('HEAD', '/lake/k', { headers: { range } });
  expect([head.status, head.headers['content-length'], head.headers['content-range']]).toEqual([
    status,
    String(body.length),
    answer.headers['content-range'],
  ]);
});

test.each([
  ['content', 'bytes=-0'],
  ['content', 'bytes=7-'],
  ['', 'bytes=0-'],
  ['', 'bytes=-5'],
])('of the object "%s" there is no range "%s"', async (body, range) => {
  const { ask } = await withBucket();
  await ask('PUT', '/lake/k', { body });
  const answer = await ask('GET', '/lake/k', { headers: { range } });
  expect([answer.status, answer.code]).toEqual([416, 'InvalidRange']);
});

test('a range of an object that has changed since is answered with the whole of it', async () => {
  const { client, ask } = await withBucket();
  const { ETag = '' } = await client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'k', Body: 'content' }));
  const modified = (await ask('HEAD', '/lake/k')).headers['last-modified'] ?? '';
  const get = async (validator: string) =>
    (await ask('GET', '/lake/k', { headers: { range: 'bytes=0-1', 'if-range': validator } })).body;
  expect([await get(ETag), await get(ETag.replaceAll('"', '')), await get(modified)]).toEqual(['co', 'co', 'co']);
  const others = ['"other"', `W/${ETag}`, new Date(Date.parse(modified) - 1000).toUTCString(), 'nonsense'];
  for (const other of others) expect(await get(other), other).toBe('content');
});

test('conditions on a read have the precedence of HTTP', async () => {
  const { client, ask } = await withBucket();
  const { ETag = '' } = await client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'k', Body: 'content' }));
  const [past, future] = [new Date(0).toUTCString(), new Date(Date.now() + 86_400_000).toUTCString()];
  const status = async (headers: Record<string, string>) => (await ask('GET', '/lake/k', { headers })).status;
  expect(await status({ 'if-match': ETag, 'if-unmodified-since': past })).toBe(200);
  expect(await status({ 'if-none-match': '"other"', 'if-modified-since': future })).toBe(200);
  expect(await status({ 'if-none-match': ETag, 'if-modified-since': past })).toBe(304);
  expect(await status({ 'if-match': '"other"', 'if-none-match': ETag })).toBe(412);
  expect(await status({ 'if-match': `"other", ${ETag}` })).toBe(200);
  expect(await status({ 'if-match': ETag.replaceAll('"', '') })).toBe(200);
  expect(await status({ 'if-match': '*' })).toBe(200);
  expect(await status({ 'if-none-match': '*' })).toBe(304);
  expect(await status({ 'if-modified-since': 'yesterday', 'if-unmodified-since': 'tomorrow' })).toBe(200);
});

test('what HEAD is refused, it is refused without a body', async () => {
  const { ask } = await withBucket();
  for (const [target, status] of Object.entries({ '/lake/none': 404, '/none': 404, '/lake/k?acl': 501 })) {
    const answer = await ask('HEAD', target);
    expect([answer.status, answer.body], target).toEqual([status, '']);
  }
});
