import { mkdir, readFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { type ProcessIdentity, startDetached } from '../../tools/exec.ts';
import { isAlive, stopProcess } from '../../tools/processes.ts';
import { version } from '../../version.ts';
import { portTaken } from '../port-taken.ts';
import { type Keys, openKeys } from './object-store-keys.ts';
import { endOfLog, saidSince } from './server-log.ts';

/** What the server writes of itself once it serves, so that the next command finds it. */
export interface ServerRecord extends ProcessIdentity {
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
  /** The port of a process of ours that lives, even if it does not answer. */
  portOfProcess(): Promise<number | undefined>;
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
  const state = () => serverState(recordFile, { id, port });
  const argumentsOf = (entry: string) => [
    ...[entry, 'object-store', '--data', join(directory, 'data'), '--port', String(port)],
    ...['--keys', keys.file, '--id', id, '--record', recordFile],
  ];
  return {
    endpoint: `http://127.0.0.1:${port}`,
    logFile,
    keys,
    state,
    async portOfProcess() {
      const record = await readServerRecord(recordFile);
      return record && (await isAlive(record)) ? record.port : undefined;
    },
    async start({ signal, say }) {
      await mkdir(join(directory, 'data'), { recursive: true, mode: 0o700 });
      await keys.ensureRoot();
      say(`starting on 127.0.0.1:${port}`);
      const start = () =>
        startDetached(context.node, argumentsOf(context.entry), { env: context.env, cwd: directory, logFile });
      await startAlone(recordFile, start, { id, port, logFile, signal });
    },
    stop: () => stopServer(recordFile),
  };
}

async function serverState(recordFile: string, { id, port }: { id: string; port: number }): Promise<ServerState> {
  const record = await readServerRecord(recordFile);
  if (!record) return { running: false, reason: 'not started yet' };
  const { pid } = record;
  if (!(await isAlive(record))) return { running: false, reason: `its process ${pid} is gone` };
  if (record.port !== port) return { running: false, reason: `it listens on port ${record.port}, not on ${port}` };
  if (!(await answersAs(id, port))) return { running: false, reason: `its process ${pid} does not answer` };
  if (record.version !== version)
    return { running: false, reason: `it is of dk ${record.version}, this is ${version}` };
  return { running: true, pid, port };
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

/** More than one is left only when several commands were killed at the same point. */
const mostOrphans = 3;

/**
 * Starts the server in place of any other of this environment. One whose command was killed before it wrote its record
 * shows itself by the folder that it holds, and a moment later by its record: it is ended then, and ours started again.
 */
async function startAlone(recordFile: string, start: () => Promise<ProcessIdentity>, awaited: Awaited): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    await stopServer(recordFile);
    const logged = await endOfLog(awaited.logFile);
    const identity = await start();
    if (await comesUp(recordFile, identity, awaited)) return;
    const other = await readServerRecord(recordFile);
    if (attempt === mostOrphans || !other || !(await isAlive(other))) {
      throw await endedAtOnce(awaited, logged);
    }
  }
}

/** False when the process ended instead. */
async function comesUp(recordFile: string, identity: ProcessIdentity, { id, port, logFile, signal }: Awaited) {
  const deadline = performance.now() + startMs;
  while ((await readServerRecord(recordFile))?.pid !== identity.pid || !(await answersAs(id, port))) {
    if (signal.aborted) {
      // Without its record, nobody would find it again.
      await stopProcess(identity, { graceMs });
      throw signal.reason;
    }
    if (!(await isAlive(identity))) return false;
    if (performance.now() > deadline) {
      throw new Failure('stillStarting', {
        what: `The object store does not answer after ${startMs / 1000} s`,
        next: `Its log: ${logFile}`,
      });
    }
    await pause(10);
  }
  return true;
}

async function endedAtOnce({ logFile, port }: Awaited, logged: number): Promise<Failure> {
  const said = await saidSince(logFile, logged);
  if (/EADDRINUSE/.test(said)) return portTaken('The object store', port);
  const why = said.trimEnd().split('\n').slice(-5);
  return new Failure('unhealthy', { what: 'The object store ended at once', why, next: `Its log: ${logFile}` });
}
