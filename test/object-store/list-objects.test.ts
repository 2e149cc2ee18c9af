import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startObjectStore } from '../../src/object-store/server.ts';
import { bucketLayout, recordPath } from '../../src/object-store/storage/layout.ts';
import { encodeRecord } from '../../src/object-store/storage/record.ts';
import { clientFor, failure, root, serve, temporaryFolder } from './serving.ts';

/** A folder with a bucket of that many objects, written without a server: putting them would be a test of the disk. */
async function filledFolder(count: number): Promise<{ dataDirectory: string; keys: string[] }> {
  const dataDirectory = await temporaryFolder();
  const server = await startObjectStore({ dataDirectory, port: 0, rootKey: root });
  await clientFor(server.port).send(new CreateBucketCommand({ Bucket: 'lake' }));
  await server.close();
  const layout = bucketLayout(join(dataDirectory, 'buckets', 'lake'));
  const keys = Array.from({ length: count }, (_, index) => `${index % 10}/${String(index).padStart(5, '0')}`);
  for (const key of keys) {
    const record = { key, size: 0, modified: 0, etag: 'e', headers: {}, metadata: {}, segments: [] };
    writeFileSync(recordPath(layout, key), encodeRecord(record, Buffer.alloc(0)));
  }
  return { dataDirectory, keys };
}

test('ten thousand keys found on disk are listed in pages of a thousand, each quickly', async () => {
  const { dataDirectory, keys } = await filledFolder(10_000);
  const { port } = await serve({ dataDirectory });
  const client = clientFor(port);
  const listed: (string | undefined)[] = [];
  let pages = 0;
  let slowest = 0;
  let before = performance.now();
  for await (const page of paginateListObjectsV2({ client }, { Bucket: 'lake' })) {
    pages += 1;
    slowest = Math.max(slowest, performance.now() - before);
    listed.push(...(page.Contents ?? []).map(({ Key }) => Key));
    before = performance.now();
  }
  expect(listed).toEqual([...keys].sort());
  expect(pages).toBe(10);
  expect(slowest, 'milliseconds for a page').toBeLessThan(2000);
  const grouped = await client.send(new ListObjectsV2Command({ Bucket: 'lake', Delimiter: '/' }));
  expect(grouped.CommonPrefixes).toHaveLength(10);
  expect(grouped.IsTruncated).toBe(false);
});

async function withKeys(keys: readonly string[]) {
  const { port } = await serve();
  const client = clientFor(port);
  await client.send(new CreateBucketCommand({ Bucket: 'lake' }));
  for (const Key of keys) await client.send(new PutObjectCommand({ Bucket: 'lake', Key, Body: Key }));
  return client;
}

test('a listing tells of each object what its answer to PUT told', async () => {
  const client = await withKeys([]);
  const { ETag } = await client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'a', Body: 'abc' }));
  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: 'lake', FetchOwner: true }));
  expect(Contents).toMatchObject([
    { Key: 'a', ETag, Size: 3, StorageClass: 'STANDARD', ChecksumAlgorithm: ['CRC32'], Owner: { ID: 'root' } },
  ]);
  expect(Math.abs((Contents?.[0]?.LastModified?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
});

test('both versions of listing page through keys and common prefixes', async () => {
  const client = await withKeys(['a', 'b/1', 'b/2', 'c', 'd/1', 'e']);
  const first = await client.send(new ListObjectsCommand({ Bucket: 'lake', Delimiter: '/', MaxKeys: 2 }));
  expect([first.Contents?.map(({ Key }) => Key), first.CommonPrefixes]).toEqual([['a'], [{ Prefix: 'b/' }]]);
  expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'b/' });
  const second = await client.send(
    new ListObjectsCommand({ Bucket: 'lake', Delimiter: '/', Marker: first.NextMarker }),
  );
  expect([second.Contents?.map(({ Key }) => Key), second.CommonPrefixes]).toEqual([['c', 'e'], [{ Prefix: 'd/' }]]);
  const from = await client.send(new ListObjectsV2Command({ Bucket: 'lake', StartAfter: 'b/1', MaxKeys: 2 }));
  expect([from.Contents?.map(({ Key }) => Key), from.KeyCount, from.StartAfter]).toEqual([['b/2', 'c'], 2, 'b/1']);
  const token = { Bucket: 'lake', ContinuationToken: from.NextContinuationToken, Prefix: 'd' };
  expect((await client.send(new ListObjectsV2Command(token))).Contents?.map(({ Key }) => Key)).toEqual(['d/1']);
});

test('keys that XML can hardly carry are listed as they are, and encoded if asked', async () => {
  const keys = ['a b+c', 'c\u0001d', 'e&<>"\'', 'ü/\u{1F600}'];
  const client = await withKeys(keys);
  const encoded = await client.send(new ListObjectsV2Command({ Bucket: 'lake', EncodingType: 'url' }));
  expect(encoded.Contents?.map(({ Key }) => decodeURIComponent(Key ?? ''))).toEqual(keys);
  expect(encoded.Contents?.[3]?.Key).toBe('%C3%BC/%F0%9F%98%80');
});

test('arguments that make no sense are refused', async () => {
  const client = await withKeys([]);
  const list = (options: object) => failure(client.send(new ListObjectsV2Command({ Bucket: 'lake', ...options })));
  const refused = { code: 'InvalidArgument', status: 400 };
  expect(await list({ MaxKeys: -1 })).toEqual(refused);
  expect(await list({ ContinuationToken: '***' })).toEqual(refused);
  expect(await list({ EncodingType: 'rot13' })).toEqual(refused);
  expect(await list({ Bucket: 'none' })).toEqual({ code: 'NoSuchBucket', status: 404 });
});
