import {
  DeleteObjectsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { keysOf, put, type SdkCases, type SdkWorld } from './sdk-world.ts';
import { manyKeys } from './servers.ts';

/** Listings, and deleting what they list. */
export const listingCases: SdkCases = {
  async 'list-v1'(world) {
    const { client } = world;
    const Bucket = await withListing(world);
    const folders = await client.send(new ListObjectsCommand({ Bucket, Delimiter: '/' }));
    expect(folders.Contents?.map(({ Key }) => Key)).toEqual(['a', 'd']);
    expect(folders.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['b/', 'é/']);
    const after = await client.send(new ListObjectsCommand({ Bucket, Prefix: 'b/', Marker: 'b/1' }));
    expect(after.Contents?.map(({ Key }) => Key)).toEqual(['b/2', 'b/c/3']);
    const first = await client.send(new ListObjectsCommand({ Bucket, Delimiter: '/', MaxKeys: 2 }));
    expect(first.IsTruncated).toBe(true);
    const rest = await client.send(new ListObjectsCommand({ Bucket, Delimiter: '/', Marker: first.NextMarker }));
    expect([rest.Contents?.map(({ Key }) => Key), rest.IsTruncated]).toEqual([['d'], false]);
  },

  async 'list-v2'(world) {
    const { client } = world;
    const Bucket = await withListing(world);
    const keys = async (more: object) => {
      const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, ...more }));
      return Contents?.map(({ Key }) => Key);
    };
    const folders = await client.send(new ListObjectsV2Command({ Bucket, Delimiter: '/', Prefix: 'b/' }));
    expect(folders.Contents?.map(({ Key }) => Key)).toEqual(['b/1', 'b/2']);
    expect(folders).toMatchObject({ CommonPrefixes: [{ Prefix: 'b/c/' }], KeyCount: 3 });
    expect(await keys({ StartAfter: 'b/2' })).toEqual(['b/c/3', 'd', 'é/4']);
    expect(await keys({ MaxKeys: 2 })).toEqual(['a', 'b/1']);
    expect(await keys({ Prefix: 'é' })).toEqual(['é/4']);
    expect(await keys({ Prefix: 'nothing' })).toBeUndefined();
  },

  async pages({ client }) {
    const sizes: (number | undefined)[] = [];
    const keys: (string | undefined)[] = [];
    for await (const { Contents } of paginateListObjectsV2({ client }, { Bucket: 'many' })) {
      sizes.push(Contents?.length);
      keys.push(...(Contents ?? []).map(({ Key }) => Key));
    }
    expect(sizes).toEqual([1000, 1000, 500]);
    expect(new Set(keys).size).toBe(manyKeys);
    expect(keys).toEqual(keys.toSorted());
  },

  async 'delete-many'({ client, newBucket }) {
    const Bucket = await newBucket();
    const keys = Array.from({ length: 100 }, (_, number) => `k${number}`);
    await Promise.all([...keys, 'stays'].map((key) => put(client, Bucket, key)));
    const Objects = [...keys, 'never-there'].map((Key) => ({ Key }));
    const { Deleted, Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect([Deleted?.length, Errors]).toEqual([101, undefined]);
    expect(await keysOf(client, Bucket)).toEqual(['stays']);
    const quiet = { Objects: [{ Key: 'stays' }], Quiet: true };
    expect((await client.send(new DeleteObjectsCommand({ Bucket, Delete: quiet }))).Deleted).toBeUndefined();
  },
};

async function withListing({ client, newBucket }: SdkWorld): Promise<string> {
  const bucket = await newBucket();
  for (const key of ['a', 'b/1', 'b/2', 'b/c/3', 'd', 'é/4']) await put(client, bucket, key);
  return bucket;
}
