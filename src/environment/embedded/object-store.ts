import { mkdir, readFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { writeAtomically } from '../../cells/atomic-file.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { type ProcessIdentity, startDetached } from '../../tools/exec.ts';
import { isAlive, stopProcess } from '../../tools/processes.ts';
import { version } from '../../version.ts';
import { type Keys, openKeys } from './object-store-keys.ts';

/** What is kept of the server's process, so that the next command finds it. */
interface ServerRecord extends ProcessIdentity {
  readonly port: number;
  /** The dk that runs it; a newer one replaces it. */
  readonly version: string;
}

type ServerState =
  | { readonly running: true; readonly pid: number; readonly port: number }
  | { readonly running: false; readonly reason: string };

/** The environment's object store: a process of ours that outlives the command that starts it. */
export interface ObjectStoreServer {
  readonly endpoint: string;
  readonly logFile: string;
  readonly keys: Keys;
  state(): Promise<ServerState>;
  /** Whether a process of ours is alive, even one that does not answer. */
  hasProcess(): Promise<boolean>;
  start(progress: { readonly signal: AbortSignal; say(what: string): void }): Promise<void>;
  stop(): Promise<void>;
}

interface Options {
  /** `<env>/object-store`, 0700. */
  readonly directory: string;
  readonly id: string;
  readonly port: number;
}

const graceMs = 10_000;
const startMs = 15_000;

export function openObjectStore(context: Context, { directory, id, port }: Options): ObjectStoreServer {
  const recordFile = join(directory, 'server.json');
  const logFile = join(directory, 'object-store.log');
  const keys = openKeys(join(directory, 'keys.json'));
  const state = () => serverState(recordFile, id);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    logFile,
    keys,
    state,
    hasProcess: async () => {
      const record = await readServerRecord(recordFile);
      return record !== undefined && isAlive(record);
    },
    async start({ signal, say }) {
      await stopServer(recordFile);
      await mkdir(join(directory, 'data'), { recursive: true, mode: 0o700 });
      await keys.ensureRoot();
      say(`starting on 127.0.0.1:${port}`);
      const identity = await startDetached(
        context.node,
        [
          context.entry,
          'object-store',
          '--data',
          join(directory, 'data'),
          '--port',
          String(port),
          '--keys',
          keys.file,
          '--id',
          id,
        ],
        { env: context.env, cwd: directory, logFile },
      );
      await writeAtomically(recordFile, JSON.stringify({ ...identity, port, version }));
      await waitUntilItAnswers(identity, { id, port, logFile, signal });
    },
    stop: () => stopServer(recordFile),
  };
}

async function serverState(recordFile: string, id: string): Promise<ServerState> {
  const record = await readServerRecord(recordFile);
  if (!record) return { running: false, reason: 'not started yet' };
  if (!(await isAlive(record))) return { running: false, reason: `its process ${record.pid} is gone` };
  if (!(await answersAs(id, record.port)))
    return { running: false, reason: `its process ${record.pid} does not answer` };
  if (record.version !== version)
    return { running: false, reason: `it is of dk ${record.version}, this is ${version}` };
  return { running: true, pid: record.pid, port: record.port };
}

async function readServerRecord(file: string): Promise<ServerRecord | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as ServerRecord);
}

async function stopServer(recordFile: string): Promise<void> {
  const record = await readServerRecord(recordFile);
  if (record) await stopProcess(record, { graceMs });
}

/**
 * Whether the server on this port is the one of this environment: it names the id that it was started with.
 * node:http, because loading the modules behind fetch takes longer than the question.
 */
function answersAs(id: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/minio/health/live', timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 && response.headers['x-server-id'] === id);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

interface Awaited {
  readonly id: string;
  readonly port: number;
  readonly logFile: string;
  readonly signal: AbortSignal;
}

async function waitUntilItAnswers(identity: ProcessIdentity, { id, port, logFile, signal }: Awaited): Promise<void> {
  const deadline = performance.now() + startMs;
  while (!(await answersAs(id, port))) {
    signal.throwIfAborted();
    const alive = await isAlive(identity);
    if (alive && performance.now() < deadline) await pause(10);
    else {
      const log = await readFile(logFile, 'utf8').catch(() => '');
      throw new Failure(alive ? 'stillStarting' : 'unhealthy', {
        what: alive ? `The object store does not answer after ${startMs / 1000} s` : 'The object store ended at once',
        why: log.trimEnd().split('\n').slice(-5),
        next: `Its log: ${logFile}`,
      });
    }
  }
}
