import { createHash, randomBytes } from 'node:crypto';
import {
  type ChecksumAlgorithm,
  type ChecksumType,
  GetObjectCommand,
  HeadObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { expect } from 'vitest';
import { failure } from '../serving.ts';
import { get, keysOf, mebibyte, put, type SdkCases, type SdkWorld } from './sdk-world.ts';

const algorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;

/** Checksums of objects and of parts. */
export const checksumCases: SdkCases = {
  async checksums({ client, newBucket }) {
    const Bucket = await newBucket();
    const Body = randomBytes(100_000);
    for (const ChecksumAlgorithm of algorithms) {
      const member = `Checksum${ChecksumAlgorithm}` as const;
      const told = (await put(client, Bucket, 'k', { Body, ChecksumAlgorithm }))[member];
      expect(told, ChecksumAlgorithm).toBeDefined();
      // The SDK compares the body with what it is told here.
      const answer = await client.send(new GetObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' }));
      expect(answer[member]).toBe(told);
      expect(Body.equals((await answer.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
    }
  },

  async 'multipart-checksums'(world) {
    const { client } = world;
    const Bucket = await world.newBucket();
    const Body = randomBytes(11 * mebibyte);
    const parts = [0, 5, 10].map((start) => Body.subarray(start * mebibyte, (start + 5) * mebibyte));
    for (const algorithm of ['SHA1', 'SHA256'] as const) {
      const hash = (bytes: Buffer) => createHash(algorithm.toLowerCase()).update(bytes).digest();
      const composite = `${hash(Buffer.concat(parts.map(hash))).toString('base64')}-3`;
      expect(await uploaded(world, { Bucket, Body }, algorithm, 'COMPOSITE')).toBe(composite);
    }
    for (const algorithm of ['CRC32', 'CRC32C'] as const) {
      const whole = await put(client, Bucket, 'whole', { Body, ChecksumAlgorithm: algorithm });
      const full = await uploaded(world, { Bucket, Body }, algorithm, 'FULL_OBJECT');
      expect(full).toBe(whole[`Checksum${algorithm}`]);
    }
  },

  async 'multipart-crc64'(world) {
    const Bucket = await world.newBucket();
    const Body = randomBytes(11 * mebibyte);
    const whole = await put(world.client, Bucket, 'whole', { Body, ChecksumAlgorithm: 'CRC64NVME' });
    const full = await uploaded(world, { Bucket, Body }, 'CRC64NVME', 'FULL_OBJECT');
    expect(full).toBe(whole.ChecksumCRC64NVME);
  },

  async 'wrong-checksum'({ client, newBucket }) {
    const Bucket = await newBucket();
    const others: readonly Partial<PutObjectCommandInput>[] = [
      { ChecksumCRC32: 'AAAAAA==' },
      { ChecksumCRC32C: 'AAAAAA==' },
      { ChecksumCRC64NVME: 'AAAAAAAAAAA=' },
      { ChecksumSHA1: createHash('sha1').update('other').digest('base64') },
      { ChecksumSHA256: createHash('sha256').update('other').digest('base64') },
      { ContentMD5: createHash('md5').update('other').digest('base64') },
    ];
    for (const other of others) {
      const { code, status } = await failure(put(client, Bucket, 'k', other));
      // MinIO has a code of its own for most of them.
      expect([code === 'XAmzContentChecksumMismatch' ? 'BadDigest' : code, status]).toEqual(['BadDigest', 400]);
    }
    expect(await keysOf(client, Bucket)).toEqual([]);
  },
};

/** The checksum that an object put in three parts comes to. */
async function uploaded(
  { client }: SdkWorld,
  { Bucket, Body }: { readonly Bucket: string; readonly Body: Buffer },
  ChecksumAlgorithm: ChecksumAlgorithm,
  ChecksumType: ChecksumType,
): Promise<string | undefined> {
  const params = { Bucket, Key: 'parts', Body, ChecksumAlgorithm, ChecksumType };
  await new Upload({ client, params, partSize: 5 * mebibyte }).done();
  const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'parts', ChecksumMode: 'ENABLED' }));
  expect(head.ChecksumType).toBe(ChecksumType);
  expect((await get(client, Bucket, 'parts', { ChecksumMode: 'ENABLED' })).equals(Body)).toBe(true);
  return head[`Checksum${ChecksumAlgorithm}`];
}
