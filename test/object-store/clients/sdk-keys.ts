import { DeleteObjectCommand, DeleteObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { failure } from '../serving.ts';
import { oddNames } from './odd-names.ts';
import { get, getText, keysOf, put, type SdkCases } from './sdk-world.ts';

/** Keys of every shape. */
export const keyCases: SdkCases = {
  async 'odd-keys'({ client, newBucket }) {
    const Bucket = await newBucket();
    const keys = oddNames.map((name) => `folder/${name}/file`);
    for (const Key of keys) await put(client, Bucket, Key, { Body: Key });
    const inOrder = keys.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
    expect(await keysOf(client, Bucket)).toEqual(inOrder);
    for (const Prefix of keys) {
      expect(await getText(client, Bucket, Prefix)).toBe(Prefix);
      const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, Prefix, EncodingType: 'url' }));
      expect(Contents?.length).toBe(1);
    }
    const Objects = keys.map((Key) => ({ Key }));
    const { Deleted = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted.map(({ Key }) => Key).sort()).toEqual(keys.toSorted());
    expect(await keysOf(client, Bucket)).toEqual([]);
  },

  async 'long-keys'({ client, newBucket }) {
    const Bucket = await newBucket();
    const key = `${`${'ü'.repeat(63)}/`.repeat(8)}${'x'.repeat(8)}`;
    expect(Buffer.byteLength(key)).toBe(1024);
    await put(client, Bucket, key);
    expect(await keysOf(client, Bucket)).toEqual([key]);
    expect(await failure(put(client, Bucket, `${key}x`))).toEqual({ code: 'KeyTooLongError', status: 400 });
  },

  async 'long-segments'({ client, newBucket }) {
    const Bucket = await newBucket();
    await put(client, Bucket, 'x'.repeat(1024));
    expect(await getText(client, Bucket, 'x'.repeat(1024))).toBe('x');
  },

  async 'trailing-slash'({ client, newBucket }) {
    const Bucket = await newBucket();
    await put(client, Bucket, 'a/', { Body: '' });
    await put(client, Bucket, 'a/b', { Body: 'b' });
    expect((await get(client, Bucket, 'a/')).length).toBe(0);
    expect(await keysOf(client, Bucket)).toEqual(['a/', 'a/b']);
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'a/' }));
    expect(await keysOf(client, Bucket)).toEqual(['a/b']);
  },

  async 'file-and-folder'({ client, newBucket }) {
    const Bucket = await newBucket();
    await put(client, Bucket, 'a', { Body: 'file' });
    await put(client, Bucket, 'a/b', { Body: 'below' });
    expect(await keysOf(client, Bucket)).toEqual(['a', 'a/b']);
    expect([await getText(client, Bucket, 'a'), await getText(client, Bucket, 'a/b')]).toEqual(['file', 'below']);
  },

  async 'double-slash'({ client, newBucket }) {
    const Bucket = await newBucket();
    await put(client, Bucket, 'a/b', { Body: 'one' });
    await put(client, Bucket, 'a//b', { Body: 'two' });
    expect(await keysOf(client, Bucket)).toEqual(['a//b', 'a/b']);
    expect([await getText(client, Bucket, 'a/b'), await getText(client, Bucket, 'a//b')]).toEqual(['one', 'two']);
  },
};
