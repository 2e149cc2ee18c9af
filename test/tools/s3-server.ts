import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startObjectStore } from '../../src/object-store/server.ts';
import { openS3, type S3Address } from '../../src/tools/s3.ts';

/** An object store with the bucket `lake`, its root's address, and a key that opens only the bucket `other`. */
export async function startS3() {
  const folder = await mkdtemp(join(tmpdir(), 'dk-s3-'));
  const rootKey = { accessKeyId: 'rootrootroot', secretAccessKey: 'secret-of-the-root' };
  const otherKey = { accessKeyId: 'otherother', secretAccessKey: 'secret-of-the-other' };
  const keysFile = join(folder, 'keys.json');
  await writeFile(keysFile, JSON.stringify({ keys: [{ ...otherKey, buckets: ['other'] }] }));
  const server = await startObjectStore({ dataDirectory: join(folder, 'data'), port: 0, rootKey, keysFile });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const root: S3Address = { endpoint, region: 'us-east-1', bucket: 'lake', ...rootKey };
  await openS3(root).createBucket();
  const close = async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { folder, root, otherKey, close };
}

/** The keys of each page. */
export async function keysOf(pages: AsyncIterable<readonly { key: string }[]>): Promise<string[][]> {
  const all: string[][] = [];
  for await (const page of pages) all.push(page.map(({ key }) => key));
  return all;
}

/** Runs `use` while a server of one's own listens on a free port. */
export async function listening<Kind extends Server>(
  server: Kind,
  use: (port: number) => Promise<void>,
): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}
