import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { expect } from 'vitest';
import { failure } from '../serving.ts';
import { get, mebibyte, put, type SdkCases } from './sdk-world.ts';

/** Uploads in parts, and streams. */
export const multipartCases: SdkCases = {
  async multipart({ client, newBucket }) {
    const Bucket = await newBucket();
    const Body = randomBytes(12 * mebibyte + 1);
    const { ETag } = await new Upload({ client, params: { Bucket, Key: 'k', Body }, partSize: 5 * mebibyte }).done();
    expect(ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    expect((await get(client, Bucket, 'k')).equals(Body)).toBe(true);
    const last = await client.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
    expect(last).toMatchObject({ ContentLength: Body.length, ETag });
  },

  async 'unknown-length'({ client, newBucket }) {
    const Bucket = await newBucket();
    for (const size of [0, 1024, 11 * mebibyte]) {
      const bytes = randomBytes(size);
      await new Upload({ client, params: { Bucket, Key: 'k', Body: streamOf(bytes) } }).done();
      expect((await get(client, Bucket, 'k')).equals(bytes)).toBe(true);
    }
  },

  async trailers({ client, newBucket }) {
    const Bucket = await newBucket();
    const bytes = randomBytes(3 * mebibyte + 7);
    // The SDK sends a stream as unsigned chunks, with the checksum behind the last one.
    const told = await put(client, Bucket, 'k', { Body: streamOf(bytes), ContentLength: bytes.length });
    expect(told.ChecksumCRC32).toBeDefined();
    expect((await get(client, Bucket, 'k', { ChecksumMode: 'ENABLED' })).equals(bytes)).toBe(true);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({ ChecksumCRC32: told.ChecksumCRC32, ContentLength: bytes.length });
    expect(head.ContentEncoding).toBeUndefined();
  },

  async 'multipart-steps'({ client, newBucket }) {
    const Bucket = await newBucket();
    const [source, first] = [randomBytes(6 * mebibyte), randomBytes(5 * mebibyte)];
    await put(client, Bucket, 'source', { Body: source });
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'k' }));
    const upload = { Bucket, Key: 'k', UploadId };
    await client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: first }));
    const CopySourceRange = `bytes=1-${5 * mebibyte}`;
    const CopySource = `${Bucket}/source`;
    await client.send(new UploadPartCopyCommand({ ...upload, PartNumber: 2, CopySource, CopySourceRange }));
    await client.send(new UploadPartCommand({ ...upload, PartNumber: 7, Body: 'end' }));

    const { Parts = [] } = await client.send(new ListPartsCommand(upload));
    expect(Parts.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 5 * mebibyte],
      [2, 5 * mebibyte],
      [7, 3],
    ]);
    const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'k' }));
    expect(Uploads).toMatchObject([{ Key: 'k', UploadId }]);

    const chosen = Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
    const complete = (parts: typeof chosen) =>
      client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }));
    expect(await failure(complete(chosen.toReversed()))).toMatchObject({ code: 'InvalidPartOrder' });
    await complete(chosen);
    const expected = Buffer.concat([first, source.subarray(1, 5 * mebibyte + 1), Buffer.from('end')]);
    expect((await get(client, Bucket, 'k')).equals(expected)).toBe(true);

    const aborted = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'k' }));
    const abort = { ...upload, UploadId: aborted.UploadId };
    await client.send(new AbortMultipartUploadCommand(abort));
    expect(await failure(client.send(new ListPartsCommand(abort)))).toMatchObject({ code: 'NoSuchUpload' });
  },
};

function streamOf(bytes: Buffer): Readable {
  const pieces = Array.from({ length: Math.ceil(bytes.length / 50_000) }, (_, piece) =>
    bytes.subarray(piece * 50_000, (piece + 1) * 50_000),
  );
  return Readable.from(pieces, { objectMode: false });
}
