import { createReadStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openS3, type S3Address } from '../../src/tools/s3.ts';
import { keysOf, startS3 } from './s3-server.ts';

let s3Server: Awaited<ReturnType<typeof startS3>>;
let root: S3Address;
beforeAll(async () => {
  s3Server = await startS3();
  root = s3Server.root;
});
afterAll(() => s3Server.close());

/** A bucket of its own for one test. */
async function freshBucket(bucket: string) {
  const s3 = openS3({ ...root, bucket });
  await s3.createBucket();
  return s3;
}

async function read(stream: Readable): Promise<Buffer> {
  return Buffer.concat(await stream.toArray());
}

describe('a bucket', () => {
  test('is there once it was created, and creating it again is no failure', async () => {
    const s3 = openS3({ ...root, bucket: 'created' });
    expect(await s3.headBucket()).toBe(false);
    await s3.createBucket();
    await s3.createBucket();
    expect(await s3.headBucket()).toBe(true);
    await s3.deleteBucket();
    await s3.deleteBucket();
    expect(await s3.headBucket()).toBe(false);
  });

  test('is not said to be missing when the login is refused', async () => {
    const s3 = openS3({ ...root, secretAccessKey: 'wrong' });
    await expect(s3.headBucket()).rejects.toMatchObject({ name: 'Failure', kind: 'unhealthy' });
    await expect(s3.createBucket()).rejects.toMatchObject({ why: [expect.stringContaining('SignatureDoesNotMatch')] });
  });

  test('that holds objects is not deleted', async () => {
    const s3 = await freshBucket('full');
    await s3.put('a', 'x');
    await expect(s3.deleteBucket()).rejects.toMatchObject({ why: [expect.stringContaining('BucketNotEmpty')] });
  });
});

describe('objects', () => {
  test.each<[string, string | Uint8Array]>([
    ['text', 'hölle 🚀'],
    ['bytes', Uint8Array.from({ length: 256 }, (_, index) => index)],
    ['nothing', ''],
  ])('of %s come back as they were put', async (key, body) => {
    const s3 = openS3(root);
    await s3.put(key, body);
    expect(await read(await s3.get(key))).toEqual(Buffer.from(body));
  });

  test('are put from the stream of a file', async () => {
    const file = join(s3Server.folder, 'big.bin');
    await writeFile(file, Buffer.alloc(5_000_000, 'dk'));
    const s3 = openS3(root);
    await s3.put('big', { stream: createReadStream(file), size: (await stat(file)).size });
    expect((await read(await s3.get('big'))).equals(Buffer.alloc(5_000_000, 'dk'))).toBe(true);
  });

  test('are copied from one bucket into another without being held in memory', async () => {
    const [from, to] = [openS3(root), await freshBucket('copies')];
    const text = 'x'.repeat(300_000);
    await from.put('original', text);
    await to.put('copy', { stream: await from.get('original'), size: text.length });
    expect((await read(await to.get('copy'))).toString()).toBe(text);
  });

  test.each([
    ['shorter', 7],
    ['longer', 3],
  ])('are not made from a stream that is %s than announced', async (key, size) => {
    const s3 = openS3(root, { idleMs: 2_000 });
    await expect(s3.put(key, { stream: Readable.from([Buffer.from('12345')]), size })).rejects.toMatchObject({
      name: 'Failure',
    });
    await expect(s3.get(key)).rejects.toMatchObject({ kind: 'notFound' });
  });

  test('are not made from a stream that breaks, whose own error is told', async () => {
    const broken = new Readable({
      read() {
        this.destroy(new Error('the disk is gone'));
      },
    });
    const s3 = openS3(root);
    await expect(s3.put('broken', { stream: broken, size: 5 })).rejects.toMatchObject({ why: ['the disk is gone'] });
    await expect(s3.get('broken')).rejects.toMatchObject({ kind: 'notFound' });
  });

  test('that are refused are so before all of their stream was sent', async () => {
    const stream = Readable.from(Array.from({ length: 300 }, () => Buffer.alloc(100_000)));
    const putting = openS3({ ...root, secretAccessKey: 'wrong' }).put('refused', { stream, size: 30_000_000 });
    await expect(putting).rejects.toMatchObject({ kind: 'unhealthy', message: expect.stringContaining('(login)') });
  });

  test('that are not there are not found, with the bucket in the message', async () => {
    const getting = openS3(root).get('nowhere');
    await expect(getting).rejects.toMatchObject({
      kind: 'notFound',
      message: expect.stringContaining('nowhere in bucket lake'),
    });
  });

  test('have a key', async () => {
    const s3 = openS3(root);
    await expect(s3.put('', 'x')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(s3.get('')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(s3.delete([''])).rejects.toMatchObject({ kind: 'invalid' });
  });

  const strange = [
    ' spaces at both ends ',
    "it's (1)!*",
    'a&b<c>"d;',
    'line\nbreak\ttab',
    'double//slash',
    '/leading',
    'trailing/',
    'plus+percent%20',
    'question?x=1#y',
    'Zürich/東京/🚀',
    '&amp;',
    '~._-',
  ];
  test('of strange keys are put, got, listed by prefix and deleted', async () => {
    const s3 = await freshBucket('strange');
    for (const key of strange) await s3.put(key, key);
    for (const key of strange) {
      expect((await read(await s3.get(key))).toString()).toBe(key);
      expect((await keysOf(s3.list(key))).flat()).toEqual([key]);
    }
    expect((await keysOf(s3.list(''))).flat().sort()).toEqual([...strange].sort());
    await s3.delete(strange);
    expect(await keysOf(s3.list(''))).toEqual([]);
  });
});

describe('listing', () => {
  const keys = Array.from({ length: 1205 }, (_, index) => `n/${String(index).padStart(4, '0')}`);
  beforeAll(async () => {
    const s3 = await freshBucket('many');
    for (let start = 0; start < keys.length; start += 50) {
      await Promise.all(keys.slice(start, start + 50).map((key) => s3.put(key, 'x')));
    }
  });

  test('goes on over pages to the end', async () => {
    const pages = await keysOf(openS3({ ...root, bucket: 'many' }).list('n/'));
    expect(pages.map(({ length }) => length)).toEqual([1000, 205]);
    expect(pages.flat()).toEqual(keys);
  });

  test('stops at the limit and starts after a key', async () => {
    const s3 = openS3({ ...root, bucket: 'many' });
    expect(await keysOf(s3.list('n/', { limit: 3 }))).toEqual([keys.slice(0, 3)]);
    expect((await keysOf(s3.list('n/', { limit: 1100 }))).flat()).toEqual(keys.slice(0, 1100));
    expect((await keysOf(s3.list('n/', { after: 'n/1199' }))).flat()).toEqual(keys.slice(1200));
    expect(await keysOf(s3.list('n/', { limit: 0 }))).toEqual([]);
  });

  test('tells size, time and etag', async () => {
    const s3 = await freshBucket('facts');
    const before = Date.now() - 2_000;
    await s3.put('a', 'hello');
    for await (const [object] of s3.list('')) {
      expect(object).toMatchObject({ key: 'a', size: 5, etag: '5d41402abc4b2a76b9719d911017c592' });
      expect(object?.modifiedAt.getTime()).toBeGreaterThan(before);
    }
  });

  test('of a bucket that is not there is a Failure', async () => {
    await expect(keysOf(openS3({ ...root, bucket: 'nowhere' }).list(''))).rejects.toMatchObject({
      why: [expect.stringContaining('NoSuchBucket')],
    });
  });

  test('and deleting go together, page by page, until nothing is left', async () => {
    const s3 = openS3({ ...root, bucket: 'many' });
    for await (const page of s3.list('')) await s3.delete(page.map(({ key }) => key));
    expect(await keysOf(s3.list(''))).toEqual([]);
    await s3.delete([]);
    await s3.delete(['was/never/there']);
  });
});
