import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { KeyPair } from '../../../src/object-store/server.ts';
import { openMinioAdmin } from '../../../src/tools/minio-admin.ts';
import { openS3 } from '../../../src/tools/s3.ts';
import { makeHome } from '../../helpers/dk.ts';
import { ranReal } from '../../helpers/facts.ts';
import { minioProgram, startMinio } from '../../tools/minio-server.ts';
import { presigned } from '../signing.ts';
import type { ServerId } from './cases.ts';

/** A server with what the cases find there: the buckets `many`, `cell`, `others` and `duckdb`. */
export interface S3Server {
  readonly id: ServerId;
  readonly endpoint: string;
  /** Opens every bucket. */
  readonly root: KeyPair;
  /** Opens the bucket `cell` only. */
  readonly cell: KeyPair;
  close(): Promise<void>;
}

/** Why the server cannot be had here, or undefined. */
export const missingServers: Readonly<Record<ServerId, string | undefined>> = {
  dk: undefined,
  minio: minioProgram === undefined ? 'there is no minio on PATH' : undefined,
};

/** How many keys the bucket `many` has: `part=00/0000` to `part=24/2499`, a hundred in each folder. */
export const manyKeys = 2500;

const root: KeyPair = { accessKeyId: 'rootrootroot', secretAccessKey: 'secret-of-the-root' };
const cell: KeyPair = { accessKeyId: 'DK000000000000000001', secretAccessKey: 'secret-of-the-cell' };

/** Starts a server over a folder of its own, and fills it. */
export async function startServer(id: ServerId): Promise<S3Server> {
  const { endpoint, close } = await (id === 'dk' ? startDk() : startBaseline());
  const server: S3Server = { id, endpoint, root, cell, close };
  try {
    await fill(server);
    return server;
  } catch (error) {
    await close();
    throw error;
  }
}

/** The program as users have it, in a process of its own. */
async function startDk() {
  const folder = mkdtempSync(join(tmpdir(), 'dk-clients-'));
  const keys = {
    keys: [
      { ...root, buckets: '*' },
      { ...cell, buckets: ['cell'] },
    ],
  };
  writeFileSync(join(folder, 'keys.json'), JSON.stringify(keys), { mode: 0o600 });
  const home = makeHome();
  const child = home.start(['object-store', '--data', 'data', '--keys', 'keys.json', '--port', '0'], { cwd: folder });
  const ended = once(child, 'exit');
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const close = async () => {
    child.kill('SIGTERM');
    const [code] = await ended;
    await home.close();
    rmSync(folder, { recursive: true, force: true });
    // An answer of InternalError, too, leaves its fault here.
    if (code !== 0 || errors !== '') throw new Error(`dk object-store: exit ${code}\n${errors}`);
  };
  const endpoint = await readEndpoint(child.stdout);
  if (endpoint === undefined) await close();
  return { endpoint: endpoint ?? '', close };
}

async function readEndpoint(stdout: NodeJS.ReadableStream | null): Promise<string | undefined> {
  if (stdout === null) return undefined;
  for await (const line of createInterface(stdout)) return /http:\S+/.exec(line)?.[0];
  return undefined;
}

async function startBaseline() {
  const minio = await startMinio(minioProgram ?? '');
  try {
    await openMinioAdmin(minio.root).setKey('cell', cell);
  } catch (error) {
    await minio.close();
    throw error;
  }
  ranReal('MinIO', 'from PATH');
  return { endpoint: minio.root.endpoint, close: minio.close };
}

async function fill({ endpoint, root }: S3Server): Promise<void> {
  const bucket = (name: string) => openS3({ endpoint, region: 'us-east-1', pathStyle: true, ...root, bucket: name });
  for (const name of ['many', 'cell', 'others', 'duckdb']) await bucket(name).createBucket();
  await bucket('others').put('theirs', 'not for you');
  await putMany(endpoint);
}

/** By URLs signed beforehand, which costs a third of what a client would take. */
async function putMany(endpoint: string): Promise<void> {
  const port = Number(new URL(endpoint).port);
  const numbers = Array.from({ length: manyKeys }, (_, number) => number).values();
  // They share the iterator: each takes the next number.
  const putter = async () => {
    for (const number of numbers) {
      const target = `/many/part%3D${pad(Math.floor(number / 100), 2)}/${pad(number, 4)}`;
      const url = presigned({ method: 'PUT', target }, { key: root, port }, 600);
      const { status } = await fetch(`${endpoint}${url}`, { method: 'PUT', body: `${number}\n` });
      if (status !== 200) throw new Error(`${target}: HTTP ${status}`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, putter));
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
