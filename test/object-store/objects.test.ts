import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { clientFor, failure, serve } from './serving.ts';

async function withBucket(): Promise<S3Client> {
  const { port } = await serve();
  const client = clientFor(port);
  await client.send(new CreateBucketCommand({ Bucket: 'lake' }));
  return client;
}

const put = (client: S3Client, key: string, body: string | Uint8Array = key) =>
  client.send(new PutObjectCommand({ Bucket: 'lake', Key: key, Body: body }));

const textOf = async (client: S3Client, key: string) =>
  (await client.send(new GetObjectCommand({ Bucket: 'lake', Key: key }))).Body?.transformToString();

test('buckets are made, found, listed by name and removed', async () => {
  const client = await withBucket();
  await client.send(new CreateBucketCommand({ Bucket: 'attic' }));
  expect((await client.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual(['attic', 'lake']);
  await client.send(new HeadBucketCommand({ Bucket: 'attic' }));
  expect((await client.send(new GetBucketLocationCommand({ Bucket: 'attic' }))).LocationConstraint).toBeUndefined();
  await client.send(new DeleteBucketCommand({ Bucket: 'attic' }));
  expect(await failure(client.send(new HeadBucketCommand({ Bucket: 'attic' })))).toEqual({
    code: 'NotFound',
    status: 404,
  });
});

test('a bucket cannot be made twice, under a bad name, or removed while it holds an object', async () => {
  const client = await withBucket();
  const again = client.send(new CreateBucketCommand({ Bucket: 'lake' }));
  expect(await failure(again)).toEqual({ code: 'BucketAlreadyOwnedByYou', status: 409 });
  for (const name of ['ab', 'Upper', '192.168.0.1', 'a..b', '-dash', 'under_score', 'x'.repeat(64)]) {
    const attempt = client.send(new CreateBucketCommand({ Bucket: name }));
    expect(await failure(attempt), name).toEqual({ code: 'InvalidBucketName', status: 400 });
  }
  await put(client, 'a');
  const removal = client.send(new DeleteBucketCommand({ Bucket: 'lake' }));
  expect(await failure(removal)).toEqual({ code: 'BucketNotEmpty', status: 409 });
});

test('an object keeps its bytes, content headers and metadata', async () => {
  const client = await withBucket();
  const stored = await client.send(
    new PutObjectCommand({
      Bucket: 'lake',
      Key: 'report.csv',
      Body: 'a,b\n1,2\n',
      ContentType: 'text/csv',
      CacheControl: 'no-cache',
      ContentDisposition: 'attachment; filename="report.csv"',
      ContentEncoding: 'identity',
      ContentLanguage: 'de',
      Metadata: { origin: 'test', 'two-words': 'x  y' },
    }),
  );
  const { Body, ...read } = await client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'report.csv' }));
  expect(await Body?.transformToString()).toBe('a,b\n1,2\n');
  expect(read).toMatchObject({
    ContentLength: 8,
    ContentType: 'text/csv',
    CacheControl: 'no-cache',
    ContentDisposition: 'attachment; filename="report.csv"',
    ContentEncoding: 'identity',
    ContentLanguage: 'de',
    Metadata: { origin: 'test', 'two-words': 'x  y' },
    ETag: stored.ETag,
  });
  const head = await client.send(new HeadObjectCommand({ Bucket: 'lake', Key: 'report.csv' }));
  expect(head).toMatchObject({ ContentLength: 8, ContentType: 'text/csv', Metadata: read.Metadata });
});

test('the ETag of an object put at once is its MD5, and its checksum is told on request', async () => {
  const client = await withBucket();
  const { ETag, ChecksumCRC32 } = await put(client, 'hello', 'hello');
  expect({ ETag, ChecksumCRC32 }).toEqual({ ETag: '"5d41402abc4b2a76b9719d911017c592"', ChecksumCRC32: 'NhCmhg==' });
  const asked = await client.send(new HeadObjectCommand({ Bucket: 'lake', Key: 'hello', ChecksumMode: 'ENABLED' }));
  expect(asked).toMatchObject({ ChecksumCRC32: 'NhCmhg==', ChecksumType: 'FULL_OBJECT' });
});

test.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)('a body is checked against its %s', async (algorithm) => {
  const client = await withBucket();
  const stored = await client.send(
    new PutObjectCommand({ Bucket: 'lake', Key: 'k', Body: 'body', ChecksumAlgorithm: algorithm }),
  );
  expect(stored[`Checksum${algorithm}`]).toMatch(/^[A-Za-z0-9+/]+=*$/);
  expect(await textOf(client, 'k')).toBe('body');
});

test('an object larger than what is kept beside its record comes back byte for byte', async () => {
  const client = await withBucket();
  const body = Buffer.alloc(3 * 1024 * 1024 + 17, 'pattern of odd length');
  await put(client, 'large', body);
  const read = await client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'large' }));
  expect(Buffer.from((await read.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
});

test.each([100, 400_000])('ranges of an object of %i bytes are cut exactly', async (size) => {
  const client = await withBucket();
  const body = Buffer.from(Array.from({ length: size }, (_, index) => index % 251));
  await put(client, 'k', body);
  const get = (range: string) => client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'k', Range: range }));
  const cases = { 'bytes=0-0': [0, 1], 'bytes=10-19': [10, 20], 'bytes=90-': [90, size], 'bytes=-7': [size - 7, size] };
  for (const [range, [start, end]] of Object.entries(cases)) {
    const part = await get(range);
    expect(body.subarray(start, end).equals((await part.Body?.transformToByteArray()) ?? Buffer.alloc(0)), range).toBe(
      true,
    );
    expect(part.ContentRange).toBe(`bytes ${start}-${(end ?? 0) - 1}/${size}`);
    expect(part.$metadata.httpStatusCode).toBe(206);
  }
  expect(await failure(get(`bytes=${size}-`))).toEqual({ code: 'InvalidRange', status: 416 });
  expect(await (await get('bytes=5-2')).Body?.transformToByteArray()).toHaveLength(size);
});

test('an object is gone once deleted, and deleting it again is no error', async () => {
  const client = await withBucket();
  await put(client, 'a');
  await client.send(new DeleteObjectCommand({ Bucket: 'lake', Key: 'a' }));
  expect(await failure(client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'a' })))).toMatchObject({
    code: 'NoSuchKey',
  });
  await client.send(new DeleteObjectCommand({ Bucket: 'lake', Key: 'a' }));
});

test('many objects are deleted by one request, quietly if asked', async () => {
  const client = await withBucket();
  const keys = ['a', 'b & <c>', 'd/"e"', 'tab\tand\rreturn', 'ü'];
  for (const key of keys) await put(client, key);
  const remove = (Objects: { Key: string }[], Quiet: boolean) =>
    client.send(new DeleteObjectsCommand({ Bucket: 'lake', Delete: { Objects, Quiet } }));
  const loud = await remove([{ Key: 'a' }, { Key: 'missing' }], false);
  expect(loud.Deleted).toEqual([{ Key: 'a' }, { Key: 'missing' }]);
  const quiet = await remove(
    keys.map((Key) => ({ Key })),
    true,
  );
  expect([quiet.Deleted, quiet.Errors]).toEqual([undefined, undefined]);
  expect((await client.send(new ListObjectsV2Command({ Bucket: 'lake' }))).KeyCount).toBe(0);
});

test.each([5, 300_000])('an object of %i bytes is copied with its metadata, or with other metadata', async (size) => {
  const client = await withBucket();
  const Body = 'x'.repeat(size);
  await client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'a b', Body, Metadata: { one: '1' } }));
  await client.send(new CreateBucketCommand({ Bucket: 'other' }));
  const copied = await client.send(
    new CopyObjectCommand({ Bucket: 'other', Key: 'copy', CopySource: `lake/${encodeURIComponent('a b')}` }),
  );
  await client.send(new DeleteObjectCommand({ Bucket: 'lake', Key: 'a b' }));
  const read = await client.send(new GetObjectCommand({ Bucket: 'other', Key: 'copy' }));
  expect(await read.Body?.transformToString()).toBe(Body);
  expect(read).toMatchObject({ Metadata: { one: '1' }, ETag: copied.CopyObjectResult?.ETag });
  const itself = { Bucket: 'other', Key: 'copy', CopySource: 'other/copy' };
  expect(await failure(client.send(new CopyObjectCommand(itself)))).toEqual({ code: 'InvalidRequest', status: 400 });
  await client.send(new CopyObjectCommand({ ...itself, MetadataDirective: 'REPLACE', Metadata: { two: '2' } }));
  const replaced = await client.send(new GetObjectCommand({ Bucket: 'other', Key: 'copy' }));
  expect(replaced.Metadata).toEqual({ two: '2' });
  expect(await replaced.Body?.transformToString()).toBe(Body);
});

test('conditions on reads and writes hold against the object that is there', async () => {
  const client = await withBucket();
  const { ETag } = await put(client, 'a');
  const get = (conditions: object) => client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'a', ...conditions }));
  const write = (Key: string, conditions: object) =>
    client.send(new PutObjectCommand({ Bucket: 'lake', Key, Body: 'new', ...conditions }));
  const refused = { code: 'PreconditionFailed', status: 412 };
  expect((await get({ IfMatch: ETag })).ETag).toBe(ETag);
  expect(await failure(get({ IfMatch: '"other"' }))).toEqual(refused);
  expect((await failure(get({ IfNoneMatch: ETag }))).status).toBe(304);
  expect((await failure(get({ IfModifiedSince: new Date(Date.now() + 5000) }))).status).toBe(304);
  expect(await failure(get({ IfUnmodifiedSince: new Date(0) }))).toEqual(refused);
  expect(await failure(write('a', { IfNoneMatch: '*' }))).toEqual(refused);
  expect(await failure(write('a', { IfMatch: '"other"' }))).toEqual(refused);
  expect(await failure(write('b', { IfMatch: ETag }))).toEqual({ code: 'NoSuchKey', status: 404 });
  await write('a', { IfMatch: ETag });
  await write('b', { IfNoneMatch: '*' });
});

test('of many writers that each want to be the first, one is', async () => {
  const client = await withBucket();
  const attempts = Array.from({ length: 20 }, (_, index) =>
    client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'a', Body: `${index}`, IfNoneMatch: '*' })),
  );
  const results = await Promise.allSettled(attempts);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('of many writers and deleters that each want to change the same version, one does', async () => {
  const client = await withBucket();
  const { ETag } = await put(client, 'a');
  const changes = Array.from({ length: 20 }, (_, index) =>
    index % 2 === 0
      ? client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'a', Body: `${index}`, IfMatch: ETag }))
      : client.send(new DeleteObjectCommand({ Bucket: 'lake', Key: 'a', IfMatch: ETag })),
  );
  const results = await Promise.allSettled(changes);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('an object that is replaced or deleted while it is read is read to its end', async () => {
  const client = await withBucket();
  const before = Buffer.alloc(8 * 1024 * 1024, 'before');
  await put(client, 'a', before);
  const read = await client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'a' }));
  await put(client, 'a', Buffer.alloc(8 * 1024 * 1024, 'after'));
  await client.send(new DeleteObjectCommand({ Bucket: 'lake', Key: 'a' }));
  expect(Buffer.from((await read.Body?.transformToByteArray()) ?? []).equals(before)).toBe(true);
});
