import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startObjectStore } from '../../src/object-store/server.ts';
import { bundleChild, startChild } from './child-process.ts';
import { clientFor, failure, root, serve, temporaryFolder } from './serving.ts';

const bytesOf = async (client: S3Client, key: string) =>
  Buffer.from(
    (await (await client.send(new GetObjectCommand({ Bucket: 'lake', Key: key }))).Body?.transformToByteArray()) ?? [],
  );

const keysOf = async (client: S3Client) =>
  ((await client.send(new ListObjectsV2Command({ Bucket: 'lake' }))).Contents ?? []).map(({ Key }) => Key ?? '');

test('a restart keeps buckets, objects, metadata and uploads under way', async () => {
  const dataDirectory = await temporaryFolder();
  const first = await startObjectStore({ dataDirectory, port: 0, rootKey: root });
  const before = clientFor(first.port);
  await before.send(new CreateBucketCommand({ Bucket: 'lake' }));
  await before.send(new PutObjectCommand({ Bucket: 'lake', Key: 'small', Body: 'x', Metadata: { a: 'b' } }));
  await before.send(new PutObjectCommand({ Bucket: 'lake', Key: 'large', Body: Buffer.alloc(500_000, 'y') }));
  const upload = { Bucket: 'lake', Key: 'parts' };
  const { UploadId } = await before.send(new CreateMultipartUploadCommand({ ...upload, Metadata: { c: 'd' } }));
  const { ETag } = await before.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'part' }));
  await first.close();

  const { port, lines } = await serve({ dataDirectory });
  const after = clientFor(port);
  const small = await after.send(new GetObjectCommand({ Bucket: 'lake', Key: 'small' }));
  expect([await small.Body?.transformToString(), small.Metadata]).toEqual(['x', { a: 'b' }]);
  expect((await bytesOf(after, 'large')).equals(Buffer.alloc(500_000, 'y'))).toBe(true);
  expect((await after.send(new ListPartsCommand({ ...upload, UploadId }))).Parts).toMatchObject([
    { PartNumber: 1, ETag },
  ]);
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await after.send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload }));
  const parts = await after.send(new GetObjectCommand({ Bucket: 'lake', Key: 'parts' }));
  expect([await parts.Body?.transformToString(), parts.Metadata]).toEqual(['part', { c: 'd' }]);
  expect(lines).toEqual([]);
});

/** A body that says of itself whether it is whole. */
function bodyOf(key: string, round: number): Buffer {
  const size = [10, 5000, 200_000, 1_500_000][round % 4] ?? 0;
  const body = Buffer.alloc(size, `${key} ${round} `);
  return Buffer.concat([createHash('sha256').update(body).digest(), body]);
}

const isWhole = (body: Buffer) => createHash('sha256').update(body.subarray(32)).digest().equals(body.subarray(0, 32));

/** What was acknowledged of a key: of the change that was under way when the server died, either outcome is right. */
interface Expected {
  acknowledged: Buffer | undefined;
  attempted: Buffer | undefined;
}

/** Puts, replaces and deletes one key after the other until the server dies. */
async function hammer(client: S3Client, key: string, expected: Expected, begun: () => void): Promise<void> {
  for (let round = 0; ; round++) {
    expected.attempted = round % 5 === 4 ? undefined : bodyOf(key, round);
    try {
      await change(client, key, expected.attempted, round % 5 === 2);
    } catch {
      return;
    }
    expected.acknowledged = expected.attempted;
    begun();
  }
}

async function change(client: S3Client, Key: string, body: Buffer | undefined, inParts: boolean): Promise<void> {
  const object = { Bucket: 'lake', Key };
  if (body === undefined) {
    await client.send(new DeleteObjectCommand(object));
  } else if (inParts) {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(object));
    const part = await client.send(new UploadPartCommand({ ...object, UploadId, PartNumber: 1, Body: body }));
    const Parts: CompletedPart[] = [{ PartNumber: 1, ETag: part.ETag }];
    await client.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }));
  } else {
    await client.send(new PutObjectCommand({ ...object, Body: body }));
  }
}

test('killing the server under load loses nothing that was acknowledged, and leaves nothing torn', async () => {
  const program = await bundleChild();
  const dataDirectory = await temporaryFolder();
  const expected = new Map<string, Expected>();
  for (let life = 0; life < 3; life++) {
    const child = await startChild(program, dataDirectory);
    const client = clientFor(child.port);
    if (life === 0) await client.send(new CreateBucketCommand({ Bucket: 'lake' }));
    await verify(client, expected);
    let acknowledged = 0;
    const enough = new Promise<void>((resolve) => {
      const count = () => {
        acknowledged += 1;
        if (acknowledged === 60 + life * 7) resolve();
      };
      for (let writer = 0; writer < 8; writer++) {
        const key = `life-${life}/writer-${writer}`;
        const state: Expected = { acknowledged: undefined, attempted: undefined };
        expected.set(key, state);
        void hammer(client, key, state, count);
      }
    });
    await enough;
    await child.kill();
  }
  const { port, lines } = await serve({ dataDirectory });
  const client = clientFor(port);
  await verify(client, expected);
  expect(lines.filter((line) => line.includes('damaged'))).toEqual([]);
  await expectNothingUnused(client, dataDirectory);
});

async function verify(client: S3Client, expected: ReadonlyMap<string, Expected>): Promise<void> {
  const keys = new Set(await keysOf(client));
  for (const [key, { acknowledged, attempted }] of expected) {
    const found = keys.has(key) ? await bytesOf(client, key) : undefined;
    const matches = (body: Buffer | undefined) =>
      body === undefined ? found === undefined : found?.equals(body) === true;
    expect(found === undefined || isWhole(found), `${key} is whole`).toBe(true);
    expect(matches(acknowledged) || matches(attempted), `${key} is what was acknowledged`).toBe(true);
  }
}

/** As many blobs as objects and parts need, and nothing half-made. */
async function expectNothingUnused(client: S3Client, dataDirectory: string): Promise<void> {
  const folder = join(dataDirectory, 'buckets', 'lake');
  const objects = await client.send(new ListObjectsV2Command({ Bucket: 'lake' }));
  const inlineLimit = 128 * 1024;
  const large = (objects.Contents ?? []).filter(({ Size, ETag }) => (Size ?? 0) > inlineLimit || ETag?.includes('-'));
  let parts = 0;
  for (const { Key, UploadId } of (await client.send(new ListMultipartUploadsCommand({ Bucket: 'lake' }))).Uploads ??
    []) {
    parts += (await client.send(new ListPartsCommand({ Bucket: 'lake', Key, UploadId }))).Parts?.length ?? 0;
  }
  expect(await readdir(join(folder, 'blobs'))).toHaveLength(large.length + parts);
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
  expect(await readdir(join(dataDirectory, 'limbo'))).toEqual([]);
}

test('what a crash left is swept at the next start, and what is not ours is left alone', async () => {
  const dataDirectory = await temporaryFolder();
  const first = await startObjectStore({ dataDirectory, port: 0, rootKey: root });
  const client = clientFor(first.port);
  await client.send(new CreateBucketCommand({ Bucket: 'lake' }));
  await client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'k', Body: Buffer.alloc(200_000, 'z') }));
  await first.close();
  const lake = join(dataDirectory, 'buckets', 'lake');
  await writeFile(join(lake, 'incoming', 'half-a-record'), '{"key":"k"');
  await writeFile(join(lake, 'blobs', 'unnamed'), 'bytes');
  await writeFile(join(lake, 'records', '.DS_Store'), 'not a record');
  await mkdir(join(lake, 'uploads', 'never-begun'));
  await mkdir(join(dataDirectory, 'limbo', 'half-a-bucket'));
  await writeFile(join(dataDirectory, 'buckets', 'README'), 'mine');

  const { port } = await serve({ dataDirectory });
  expect(await readdir(join(lake, 'incoming'))).toEqual([]);
  expect(await readdir(join(lake, 'blobs'))).toHaveLength(1);
  expect(await readdir(join(lake, 'uploads'))).toEqual([]);
  expect(await readdir(join(dataDirectory, 'limbo'))).toEqual([]);
  expect(await readdir(join(dataDirectory, 'buckets'))).toEqual(['README', 'lake']);
  expect((await bytesOf(clientFor(port), 'k')).equals(Buffer.alloc(200_000, 'z'))).toBe(true);
});

test('dying between the end of an upload and its removal leaves the object whole and the upload ended', async () => {
  const dataDirectory = await temporaryFolder();
  const first = await startObjectStore({ dataDirectory, port: 0, rootKey: root });
  const client = clientFor(first.port);
  await client.send(new CreateBucketCommand({ Bucket: 'lake' }));
  const upload = { Bucket: 'lake', Key: 'k' };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(upload));
  const { ETag } = await client.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'part' }));
  const folder = join(dataDirectory, 'buckets', 'lake', 'uploads', UploadId ?? '');
  const saved = join(await temporaryFolder(), 'upload');
  await cp(folder, saved, { recursive: true });
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await client.send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload }));
  await first.close();
  await cp(saved, folder, { recursive: true });

  const { port } = await serve({ dataDirectory });
  const after = clientFor(port);
  expect((await after.send(new ListMultipartUploadsCommand({ Bucket: 'lake' }))).Uploads).toBeUndefined();
  const aborted = await failure(after.send(new AbortMultipartUploadCommand({ ...upload, UploadId })));
  expect(aborted).toEqual({ code: 'NoSuchUpload', status: 404 });
  expect((await bytesOf(after, 'k')).toString()).toBe('part');
});

test('a damaged record is told of, harms no other object, and keeps the sweep from its bytes', async () => {
  const dataDirectory = await temporaryFolder();
  const first = await startObjectStore({ dataDirectory, port: 0, rootKey: root });
  const client = clientFor(first.port);
  await client.send(new CreateBucketCommand({ Bucket: 'lake' }));
  await client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'k', Body: Buffer.alloc(200_000) }));
  await first.close();
  const records = join(dataDirectory, 'buckets', 'lake', 'records');
  for (const name of await readdir(records)) await writeFile(join(records, name), '{"key":');

  const { port, lines } = await serve({ dataDirectory });
  expect(lines.join('\n')).toContain('1 damaged record');
  const after = clientFor(port);
  expect(await keysOf(after)).toEqual([]);
  expect(await readdir(join(dataDirectory, 'buckets', 'lake', 'blobs'))).toHaveLength(1);
  await after.send(new PutObjectCommand({ Bucket: 'lake', Key: 'k', Body: 'mended' }));
  expect((await bytesOf(after, 'k')).toString()).toBe('mended');
});
