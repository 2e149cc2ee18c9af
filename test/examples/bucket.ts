import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3mini } from 's3mini';
import { startObjectStore } from '../../src/object-store/server.ts';

/** The only bucket of an object store for one test file. */
export interface Bucket {
  /** What the Secret of a cell's Store would hold. */
  readonly keys: Readonly<Record<string, string>>;
  put(key: string, text: string): Promise<void>;
  /** Keys, sorted, with their text. */
  objects(): Promise<Readonly<Record<string, string>>>;
  empty(): Promise<void>;
  close(): Promise<void>;
}

export async function startBucket(): Promise<Bucket> {
  const folder = await mkdtemp(join(tmpdir(), 'dk-bucket-'));
  const rootKey = { accessKeyId: 'DKTEST', secretAccessKey: `${randomUUID()}/+=` };
  const server = await startObjectStore({ dataDirectory: join(folder, 'data'), port: 0, rootKey });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const client = new S3mini({ ...rootKey, endpoint: `${endpoint}/lake`, region: 'us-east-1' });
  await client.createBucket();
  const listKeys = async () => ((await client.listObjects()) ?? []).map(({ Key }) => Key).sort();
  return {
    keys: {
      S3_ENDPOINT: endpoint,
      S3_BUCKET: 'lake',
      S3_REGION: 'us-east-1',
      S3_ACCESS_KEY_ID: rootKey.accessKeyId,
      S3_SECRET_ACCESS_KEY: rootKey.secretAccessKey,
    },
    async put(key, text) {
      await client.putObject(key, text);
    },
    async objects() {
      const keys = await listKeys();
      return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, (await client.getObject(key)) ?? ''])));
    },
    async empty() {
      const keys = await listKeys();
      if (keys.length > 0) await client.deleteObjects(keys);
    },
    async close() {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}
