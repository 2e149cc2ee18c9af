import { createHash, randomBytes } from 'node:crypto';
import {
  CopyObjectCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { failure } from '../serving.ts';
import { get, getText, mebibyte, put, type SdkCases } from './sdk-world.ts';

/** Buckets, and objects as a whole and in ranges. */
export const objectCases: SdkCases = {
  async buckets({ client, newBucket }) {
    const Bucket = await newBucket();
    const { Buckets } = await client.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toContain(Bucket);
    expect((await client.send(new HeadBucketCommand({ Bucket }))).$metadata.httpStatusCode).toBe(200);
    await put(client, Bucket, 'k');
    expect(await failure(client.send(new DeleteBucketCommand({ Bucket })))).toMatchObject({ code: 'BucketNotEmpty' });
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    await client.send(new DeleteBucketCommand({ Bucket }));
    expect(await failure(client.send(new HeadBucketCommand({ Bucket })))).toMatchObject({ status: 404 });
  },

  async location({ client, newBucket }) {
    const answer = await client.send(new GetBucketLocationCommand({ Bucket: await newBucket() }));
    expect(answer.LocationConstraint ?? '').toBe('');
  },

  async objects({ client, newBucket }) {
    const Bucket = await newBucket();
    for (const size of [0, 1024, 6 * mebibyte]) {
      const Body = randomBytes(size);
      const { ETag } = await put(client, Bucket, 'k', { Body });
      expect(ETag).toBe(`"${createHash('md5').update(Body).digest('hex')}"`);
      const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
      expect(head).toMatchObject({ ContentLength: size, ETag });
      expect((await get(client, Bucket, 'k')).equals(Body)).toBe(true);
      await client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
      expect(await failure(get(client, Bucket, 'k'))).toEqual({ code: 'NoSuchKey', status: 404 });
    }
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'never-there' }));
  },

  async copy({ client, newBucket }) {
    const Bucket = await newBucket();
    const Body = randomBytes(mebibyte);
    await put(client, Bucket, 'ö/from', { Body, Metadata: { a: 'b' }, ContentType: 'text/csv' });
    const CopySource = `${Bucket}/${encodeURIComponent('ö/from')}`;
    const { CopyObjectResult } = await client.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource }));
    const copy = await client.send(new GetObjectCommand({ Bucket, Key: 'to' }));
    expect(copy).toMatchObject({ Metadata: { a: 'b' }, ContentType: 'text/csv', ETag: CopyObjectResult?.ETag });
    expect(Body.equals((await copy.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
    const replaced = { Metadata: { c: 'd' }, MetadataDirective: 'REPLACE' } as const;
    await client.send(new CopyObjectCommand({ Bucket, Key: 'ö/from', CopySource, ...replaced }));
    const { Metadata } = await client.send(new HeadObjectCommand({ Bucket, Key: 'ö/from' }));
    expect(Metadata).toEqual({ c: 'd' });
    const missing = new CopyObjectCommand({ Bucket, Key: 'k', CopySource: `${Bucket}/missing` });
    expect(await failure(client.send(missing))).toMatchObject({ code: 'NoSuchKey' });
  },

  async metadata({ client, newBucket }) {
    const Bucket = await newBucket();
    const headers = {
      CacheControl: 'max-age=60',
      ContentDisposition: 'attachment; filename="a b.csv"',
      ContentLanguage: 'de',
      ContentType: 'text/csv; charset=utf-8',
      // What is beyond ASCII its users encode, as S3's documentation says.
      Metadata: { plain: 'a value', encoded: encodeURIComponent('ünï 日本') },
    };
    await put(client, Bucket, 'k', headers);
    expect(await client.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).toMatchObject(headers);
  },

  async ranges({ client, newBucket }) {
    const Bucket = await newBucket();
    const Body = randomBytes(mebibyte);
    await put(client, Bucket, 'k', { Body });
    const ranges = [
      ['bytes=0-9', 0, 10],
      ['bytes=1000-1999', 1000, 2000],
      ['bytes=1048000-', 1_048_000, mebibyte],
      ['bytes=-7', mebibyte - 7, mebibyte],
      ['bytes=1048570-9999999', 1_048_570, mebibyte],
    ] as const;
    for (const [Range, start, end] of ranges) {
      const part = await get(client, Bucket, 'k', { Range });
      expect(part.equals(Body.subarray(start, end)), Range).toBe(true);
    }
    const outside = get(client, Bucket, 'k', { Range: `bytes=${mebibyte}-` });
    expect(await failure(outside)).toEqual({ code: 'InvalidRange', status: 416 });
  },

  async 'conditional-get'({ client, newBucket }) {
    const Bucket = await newBucket();
    const { ETag = '' } = await put(client, Bucket, 'k');
    const { LastModified } = await client.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
    for (const holds of [{ IfMatch: ETag }, { IfNoneMatch: '"other"' }, { IfUnmodifiedSince: LastModified }]) {
      expect((await get(client, Bucket, 'k', holds)).toString()).toBe('x');
    }
    for (const unchanged of [{ IfNoneMatch: ETag }, { IfModifiedSince: LastModified }]) {
      expect(await failure(get(client, Bucket, 'k', unchanged))).toMatchObject({ status: 304 });
    }
    expect(await failure(get(client, Bucket, 'k', { IfMatch: '"other"' }))).toMatchObject({ status: 412 });
  },

  async 'conditional-put'({ client, newBucket }) {
    const Bucket = await newBucket();
    const { ETag = '' } = await put(client, Bucket, 'k', { IfNoneMatch: '*' });
    for (const fails of [{ IfNoneMatch: '*' }, { IfMatch: '"0123456789abcdef0123456789abcdef"' }]) {
      expect(await failure(put(client, Bucket, 'k', fails))).toEqual({ code: 'PreconditionFailed', status: 412 });
    }
    await put(client, Bucket, 'k', { Body: 'y', IfMatch: ETag });
    const attempts = Array.from({ length: 16 }, (_, number) =>
      put(client, Bucket, 'race', { Body: String(number), IfNoneMatch: '*' }),
    );
    const settled = await Promise.allSettled(attempts);
    const winners = settled.flatMap(({ status }, number) => (status === 'fulfilled' ? [String(number)] : []));
    expect(winners).toEqual([await getText(client, Bucket, 'race')]);
  },

  async missing({ client }) {
    expect(await failure(get(client, 'never-made', 'k'))).toEqual({ code: 'NoSuchBucket', status: 404 });
    expect(await failure(get(client, 'many', 'never-put'))).toEqual({ code: 'NoSuchKey', status: 404 });
    const head = new HeadObjectCommand({ Bucket: 'many', Key: 'never-put' });
    expect(await failure(client.send(head))).toMatchObject({ status: 404 });
  },
};
