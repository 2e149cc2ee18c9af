import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MinioAdmin, openMinioAdmin } from '../../src/tools/minio-admin.ts';
import { checkS3, openS3 } from '../../src/tools/s3.ts';
import { ranReal } from '../helpers/facts.ts';
import { minioProgram, startMinio } from './minio-server.ts';
import { listening } from './s3-server.ts';

const bucket = `dk-${'a'.repeat(40)}-lake`;
const pair = { accessKeyId: 'DK000000000000000001', secretAccessKey: 'a'.repeat(40) };
const another = { accessKeyId: 'DK000000000000000002', secretAccessKey: 'b'.repeat(40) };

describe.skipIf(!minioProgram)(`keys of a MinIO server${minioProgram ? '' : ' (there is no minio on PATH)'}`, () => {
  let minio: Awaited<ReturnType<typeof startMinio>>;
  let admin: MinioAdmin;
  const opens = async (key: typeof pair, name = bucket) => (await checkS3({ ...minio.root, ...key, bucket: name })).ok;

  beforeAll(async () => {
    minio = await startMinio(minioProgram ?? '');
    ranReal('MinIO', 'from PATH');
    admin = openMinioAdmin(minio.root);
    for (const name of [bucket, 'dk-stable-lake']) await openS3({ ...minio.root, bucket: name }).createBucket();
  });
  afterAll(() => minio?.close());

  it('open their own bucket only', async () => {
    expect(await admin.keysOf(bucket)).toBeUndefined();
    await admin.setKey(bucket, pair);
    expect(await admin.keysOf(bucket)).toEqual([pair.accessKeyId]);
    await openS3({ ...minio.root, ...pair, bucket }).put('a/b', 'content');
    expect(await opens(pair, 'dk-stable-lake')).toBe(false);
    await expect(openS3({ ...minio.root, ...pair, bucket: 'dk-more-lake' }).createBucket()).rejects.toThrow();
    await expect(openMinioAdmin({ ...minio.root, ...pair }).setKey('dk-stable-lake', pair)).rejects.toThrow();
  });

  it('are set again without harm, and with another secret', async () => {
    await admin.setKey(bucket, pair);
    expect(await opens(pair)).toBe(true);
    await admin.setKey(bucket, { ...pair, secretAccessKey: 'changed-secret' });
    expect(await opens(pair)).toBe(false);
    expect(await opens({ ...pair, secretAccessKey: 'changed-secret' })).toBe(true);
  });

  it('end when a bucket gets another key', async () => {
    await admin.setKey(bucket, pair);
    await admin.setKey(bucket, another);
    expect(await admin.keysOf(bucket)).toEqual([another.accessKeyId]);
    expect(await opens(pair)).toBe(false);
    expect(await opens(another)).toBe(true);
  });

  it('and buckets go, with their objects, and may be gone already', async () => {
    await admin.setKey(bucket, pair);
    await admin.setKey('dk-stable-lake', another);
    for (let round = 0; round < 2; round += 1) {
      await admin.removeKeys(bucket);
      await admin.dropBucket(bucket);
      expect(await admin.keysOf(bucket)).toBeUndefined();
    }
    expect(await opens(pair)).toBe(false);
    expect(await openS3({ ...minio.root, bucket }).headBucket()).toBe(false);
    expect(await opens(another, 'dk-stable-lake')).toBe(true);
  });

  it('are refused with what MinIO says, without the secret', async () => {
    const error = await admin.setKey(bucket, { ...pair, secretAccessKey: 'short!' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'unhealthy', why: [expect.stringMatching(/InvalidSecretKey/)] });
    expect(JSON.stringify(error)).not.toContain('short!');
    const stranger = openMinioAdmin({ ...minio.root, secretAccessKey: 'not-the-root-secret' });
    await expect(stranger.keysOf(bucket)).rejects.toMatchObject({ message: expect.stringContaining('(login)') });
  });
});

describe('a server that is no MinIO', () => {
  it('is a Failure, whatever it answers', async () => {
    const server = createServer((_, answer) => answer.end('<html>hello</html>'));
    await listening(server, async (port) => {
      const admin = openMinioAdmin({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', ...pair });
      await expect(admin.keysOf('lake')).rejects.toMatchObject({ kind: 'unhealthy' });
    });
  });
});
