import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../context.ts';
import type { ServerRecord } from '../environment/embedded/object-store.ts';
import { Failure } from '../failure.ts';
import { startObjectStore } from '../object-store/server.ts';
import { printNote, printText } from '../report/result.ts';
import { replaceFile } from '../tools/atomic-file.ts';
import { ownIdentity } from '../tools/processes.ts';
import { version } from '../version.ts';
import { whyNotServed } from './object-store-failure.ts';

interface ObjectStoreFlags {
  readonly data: string;
  readonly port: number;
  /** A key file, reread when it changes. */
  readonly keys?: string;
  /** Told by the health path, so that a caller knows whose server answers. */
  readonly id?: string;
  /** Written once it serves: process, port and version. */
  readonly record?: string;
}

/** `dk object-store`: the S3-compatible server by itself, until it is told to stop. */
export async function objectStore(context: Context, flags: ObjectStoreFlags): Promise<void> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = context.env;
  if (!flags.keys && (!accessKeyId || !secretAccessKey)) {
    throw new Failure('usage', {
      what: 'The object store needs a key pair',
      why: 'Neither --keys nor AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are given',
      next: `AWS_ACCESS_KEY_ID=admin AWS_SECRET_ACCESS_KEY="$(openssl rand -hex 20)" ${context.program} object-store --data ${flags.data}`,
    });
  }
  const server = await startObjectStore({
    dataDirectory: flags.data,
    port: flags.port,
    // What went wrong inside is told to nobody else: clients only hear of an internal error.
    log: (line) => void printNote(context, line),
    ...(flags.keys ? { keysFile: flags.keys } : {}),
    ...(flags.id ? { id: flags.id } : {}),
    ...(accessKeyId && secretAccessKey && !flags.keys ? { rootKey: { accessKeyId, secretAccessKey } } : {}),
  }).catch(async (error: unknown) => {
    throw await whyNotServed(context, error, flags);
  });
  if (flags.record) await writeRecord(flags.record, server.port);
  await printText(context, `object store ready on http://${server.address}:${server.port}\n`);
  await untilToldToStop(context, flags.record);
  await server.close();
}

const watchMs = 2000;

/** A server whose record is gone, or names another process, belongs to nobody: its environment's folder was removed. */
async function untilToldToStop({ signal }: Context, record: string | undefined): Promise<void> {
  while (!signal.aborted && (record === undefined || (await namesUs(record)))) {
    await pause(watchMs, undefined, { signal }).catch(() => undefined);
  }
}

async function namesUs(record: string): Promise<boolean> {
  const { pid } = await ownIdentity();
  const text = await readFile(record, 'utf8').catch(() => '{}');
  return (JSON.parse(text) as Partial<ServerRecord>).pid === pid;
}

async function writeRecord(file: string, port: number): Promise<void> {
  const record: ServerRecord = { ...(await ownIdentity()), port, version };
  replaceFile(file, JSON.stringify(record));
}
