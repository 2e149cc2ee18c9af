import { Readable } from 'node:stream';
import { CreateBucketCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { bundleChild, startChild } from './child-process.ts';
import { clientFor, temporaryFolder } from './serving.ts';

const mebibyte = 1024 * 1024;
const size = 300 * mebibyte;

test('an object of 300 MiB goes in and comes out while the memory of the server stays flat', async () => {
  const child = await startChild(await bundleChild(), await temporaryFolder());
  const client = clientFor(child.port);
  await client.send(new CreateBucketCommand({ Bucket: 'lake' }));
  const before = await child.memory();
  let highest = before;
  const measure = async () => {
    highest = Math.max(highest, await child.memory());
  };
  async function* body() {
    for (let sent = 0; sent < size; sent += mebibyte) {
      if (sent % (20 * mebibyte) === 0) await measure();
      yield Buffer.alloc(mebibyte, sent / mebibyte);
    }
  }
  const object = { Bucket: 'lake', Key: 'k' };
  await client.send(new PutObjectCommand({ ...object, Body: Readable.from(body()), ContentLength: size }));
  expect((await client.send(new HeadObjectCommand(object))).ContentLength).toBe(size);
  const { Body } = await client.send(new GetObjectCommand(object));
  let received = 0;
  let nextMeasure = 0;
  for await (const chunk of Body as Readable) {
    received += chunk.length;
    if (received < nextMeasure) continue;
    nextMeasure = received + 20 * mebibyte;
    await measure();
  }
  expect(received).toBe(size);
  expect((highest - before) / mebibyte, 'MiB above what it took before').toBeLessThan(120);
});
