import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  type ChecksumType,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { expect, test } from 'vitest';
import { clientFor, failure, serve } from './serving.ts';

const partSize = 5 * 1024 * 1024;

async function withBucket() {
  const { port, dataDirectory } = await serve();
  const client = clientFor(port);
  await client.send(new CreateBucketCommand({ Bucket: 'lake' }));
  return { client, blobs: join(dataDirectory, 'buckets', 'lake', 'blobs') };
}

async function begin(client: S3Client, key: string, options: object = {}): Promise<string> {
  const started = await client.send(new CreateMultipartUploadCommand({ Bucket: 'lake', Key: key, ...options }));
  return started.UploadId ?? '';
}

const uploadPart = async (client: S3Client, id: string, number: number, body: Buffer, options: object = {}) => {
  const part = { Bucket: 'lake', Key: 'k', UploadId: id, PartNumber: number, Body: body, ...options };
  const { ETag, ChecksumCRC32, ChecksumCRC32C } = await client.send(new UploadPartCommand(part));
  return { PartNumber: number, ETag, ChecksumCRC32, ChecksumCRC32C };
};

const complete = (client: S3Client, id: string, Parts: CompletedPart[], options: object = {}) =>
  client.send(
    new CompleteMultipartUploadCommand({
      Bucket: 'lake',
      Key: 'k',
      UploadId: id,
      MultipartUpload: { Parts },
      ...options,
    }),
  );

const md5 = (data: Buffer) => createHash('md5').update(data).digest();

test('a stream of unknown length goes up in parts and comes back as one object', async () => {
  const { client } = await withBucket();
  const pieces = Array.from({ length: 120 }, (_, index) => Buffer.alloc(100_003, index));
  const params = { Bucket: 'lake', Key: 'k', Body: Readable.from(pieces), Metadata: { a: 'b' } };
  await new Upload({ client, params }).done();
  const whole = Buffer.concat(pieces);
  const read = await client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'k' }));
  expect(Buffer.from((await read.Body?.transformToByteArray()) ?? []).equals(whole)).toBe(true);
  const parts = [whole.subarray(0, partSize), whole.subarray(partSize, 2 * partSize), whole.subarray(2 * partSize)];
  const etag = `"${createHash('md5')
    .update(Buffer.concat(parts.map(md5)))
    .digest('hex')}-3"`;
  expect(read).toMatchObject({ ETag: etag, Metadata: { a: 'b' }, ContentLength: whole.length });
  const across = await client.send(
    new GetObjectCommand({ Bucket: 'lake', Key: 'k', Range: `bytes=${partSize - 3}-${2 * partSize + 2}` }),
  );
  const cut = whole.subarray(partSize - 3, 2 * partSize + 3);
  expect(Buffer.from((await across.Body?.transformToByteArray()) ?? []).equals(cut)).toBe(true);
});

test('a copy of a multipart object has the ETag of its bytes, as S3 has it', async () => {
  const { client } = await withBucket();
  const id = await begin(client, 'k');
  const body = Buffer.alloc(1000, 7);
  await complete(client, id, [await uploadPart(client, id, 1, body)]);
  const copy = await client.send(new CopyObjectCommand({ Bucket: 'lake', Key: 'copy', CopySource: 'lake/k' }));
  expect(copy.CopyObjectResult?.ETag).toBe(`"${md5(body).toString('hex')}"`);
});

test.each<[ChecksumAlgorithm, ChecksumType]>([
  ['CRC32', 'FULL_OBJECT'],
  ['CRC32C', 'FULL_OBJECT'],
  ['CRC32', 'COMPOSITE'],
])('a multipart object has a %s checksum of type %s', async (algorithm, type) => {
  const { client } = await withBucket();
  const bodies = [Buffer.alloc(partSize, 'one'), Buffer.alloc(12_345, 'two')];
  const id = await begin(client, 'k', { ChecksumAlgorithm: algorithm, ChecksumType: type });
  const parts = [];
  for (const [index, body] of bodies.entries()) {
    parts.push(await uploadPart(client, id, index + 1, body, { ChecksumAlgorithm: algorithm }));
  }
  await complete(client, id, parts);
  const options = { Bucket: 'lake', Key: 'whole', Body: Buffer.concat(bodies), ChecksumAlgorithm: algorithm };
  const atOnce = await client.send(new PutObjectCommand(options));
  const head = await client.send(new HeadObjectCommand({ Bucket: 'lake', Key: 'k', ChecksumMode: 'ENABLED' }));
  const element = `Checksum${algorithm}` as 'ChecksumCRC32';
  expect(head.ChecksumType).toBe(type);
  if (type === 'FULL_OBJECT') expect(head[element]).toBe(atOnce[element]);
  else expect(head[element]).toMatch(/-2$/);
});

test('uploads and their parts are listed until they end, in pages', async () => {
  const { client } = await withBucket();
  const ids = [
    await begin(client, 'k'),
    await begin(client, 'k'),
    await begin(client, 'dir/x'),
    await begin(client, 'dir/y'),
  ];
  const list = (options: object) => client.send(new ListMultipartUploadsCommand({ Bucket: 'lake', ...options }));
  const all = await list({});
  expect(all.Uploads?.map(({ Key, UploadId }) => [Key, UploadId])).toEqual([
    ['dir/x', ids[2]],
    ['dir/y', ids[3]],
    ['k', ids[0]],
    ['k', ids[1]],
  ]);
  const grouped = await list({ Delimiter: '/', MaxUploads: 2 });
  expect([grouped.CommonPrefixes, grouped.Uploads?.map(({ UploadId }) => UploadId)]).toEqual([
    [{ Prefix: 'dir/' }],
    [ids[0]],
  ]);
  expect(grouped).toMatchObject({ IsTruncated: true, NextKeyMarker: 'k', NextUploadIdMarker: ids[0] });
  const rest = await list({ Delimiter: '/', KeyMarker: 'k', UploadIdMarker: ids[0] });
  expect([rest.CommonPrefixes, rest.Uploads?.map(({ UploadId }) => UploadId)]).toEqual([undefined, [ids[1]]]);

  for (const number of [3, 1, 2]) await uploadPart(client, ids[0] ?? '', number, Buffer.alloc(number));
  const parts = (options: object) =>
    client.send(new ListPartsCommand({ Bucket: 'lake', Key: 'k', UploadId: ids[0], ...options }));
  const page = await parts({ MaxParts: 2 });
  expect(page.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
    [1, 1],
    [2, 2],
  ]);
  expect(page).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' });
  expect((await parts({ PartNumberMarker: '2' })).Parts?.map(({ PartNumber }) => PartNumber)).toEqual([3]);
});

test('an aborted upload leaves nothing behind', async () => {
  const { client, blobs } = await withBucket();
  const id = await begin(client, 'k');
  await uploadPart(client, id, 1, Buffer.alloc(100));
  expect(await readdir(blobs)).toHaveLength(1);
  const abort = () => client.send(new AbortMultipartUploadCommand({ Bucket: 'lake', Key: 'k', UploadId: id }));
  await abort();
  expect(await readdir(blobs)).toEqual([]);
  expect(await failure(abort())).toEqual({ code: 'NoSuchUpload', status: 404 });
  expect(await failure(uploadPart(client, id, 2, Buffer.alloc(1)))).toEqual({ code: 'NoSuchUpload', status: 404 });
  expect(await readdir(blobs)).toEqual([]);
});

test('parts that are replaced or not chosen do not stay on disk', async () => {
  const { client, blobs } = await withBucket();
  const id = await begin(client, 'k');
  await uploadPart(client, id, 1, Buffer.alloc(100, 1));
  const chosen = await uploadPart(client, id, 1, Buffer.alloc(100, 2));
  await uploadPart(client, id, 9, Buffer.alloc(100, 3));
  await complete(client, id, [chosen]);
  expect(await readdir(blobs)).toHaveLength(1);
  const read = await client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'k' }));
  expect(await read.Body?.transformToByteArray()).toEqual(new Uint8Array(100).fill(2));
});

test('an upload is completed only with parts that are there, in order and large enough', async () => {
  const { client } = await withBucket();
  const id = await begin(client, 'k');
  const one = await uploadPart(client, id, 1, Buffer.alloc(10));
  const two = await uploadPart(client, id, 2, Buffer.alloc(10, 1));
  const attempt = async (parts: CompletedPart[]) => (await failure(complete(client, id, parts))).code;
  expect(await attempt([one, two])).toBe('EntityTooSmall');
  expect(await attempt([two, one])).toBe('InvalidPartOrder');
  expect(await attempt([{ ...one, ETag: two.ETag }])).toBe('InvalidPart');
  expect(await attempt([{ PartNumber: 7, ETag: one.ETag }])).toBe('InvalidPart');
  expect(await attempt([])).toBe('MalformedXML');
  await complete(client, id, [two]);
});

test('completing once more, as a client does whose answer got lost, gives the same answer', async () => {
  const { client } = await withBucket();
  const id = await begin(client, 'k');
  const part = await uploadPart(client, id, 1, Buffer.alloc(10));
  const first = await complete(client, id, [part]);
  const second = await complete(client, id, [part]);
  expect(second.ETag).toBe(first.ETag);
});

test('a part can be copied from a range of another object', async () => {
  const { client } = await withBucket();
  await client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'source', Body: '0123456789' }));
  const id = await begin(client, 'k');
  const target = { Bucket: 'lake', Key: 'k', UploadId: id, PartNumber: 1, CopySource: 'lake/source' };
  const beyond = client.send(new UploadPartCopyCommand({ ...target, CopySourceRange: 'bytes=2-10' }));
  expect(await failure(beyond)).toMatchObject({ code: 'InvalidRange' });
  const { CopyPartResult } = await client.send(new UploadPartCopyCommand({ ...target, CopySourceRange: 'bytes=2-5' }));
  await complete(client, id, [{ PartNumber: 1, ETag: CopyPartResult?.ETag }]);
  const read = await client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'k' }));
  expect(await read.Body?.transformToString()).toBe('2345');
});

test('a condition on completing leaves the upload as it was where it does not hold', async () => {
  const { client } = await withBucket();
  await client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'k', Body: 'first' }));
  const id = await begin(client, 'k');
  const part = await uploadPart(client, id, 1, Buffer.from('second'));
  const refused = await failure(complete(client, id, [part], { IfNoneMatch: '*' }));
  expect(refused).toEqual({ code: 'PreconditionFailed', status: 412 });
  await complete(client, id, [part]);
  const read = await client.send(new GetObjectCommand({ Bucket: 'lake', Key: 'k' }));
  expect(await read.Body?.transformToString()).toBe('second');
});
