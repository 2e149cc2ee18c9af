import { mkdir, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../../../failure.ts';
import type { Progress } from '../../../graph/step.ts';
import { type ProcessIdentity, startDetached } from '../../../tools/exec.ts';
import { isAlive, processesIn, stopProcess } from '../../../tools/processes.ts';
import { portTaken } from '../../port-taken.ts';
import { endOfLog, saidSince } from '../server-log.ts';
import { findPostmaster, type Postmaster, readPidFile, removePidFile } from './postmaster.ts';
import { onRoad, type Road } from './road.ts';
import type { Env } from './server-env.ts';

export type ServerState =
  | { readonly running: true; readonly pid: number; readonly port: number }
  | { readonly running: false; readonly reason: string };

export interface Server {
  readonly data: string;
  readonly log: string;
  readonly port: number;
  /** Stands in the titles of its processes and as `cluster_name`. */
  readonly name: string;
}

const startMs = 60_000;

/** Whether the server accepts connections on its port. */
export async function serverState({ data, port }: Pick<Server, 'data' | 'port'>): Promise<ServerState> {
  const found = await findPostmaster(data);
  if (typeof found === 'string') return { running: false, reason: found };
  if (found.status !== 'ready') return { running: false, reason: `it is still ${found.status}` };
  if (found.port !== port) return { running: false, reason: `it listens on port ${found.port}, not on ${port}` };
  return { running: true, pid: found.pid, port };
}

/** Starts the server, or waits for one that is starting, until it accepts connections. */
export async function startServer(
  server: Server,
  findRoad: () => Promise<Road>,
  env: Env,
  progress: Progress,
): Promise<void> {
  const deadline = performance.now() + startMs;
  const found = await findPostmaster(server.data);
  if (typeof found !== 'string') {
    if (await adopt(found, server, progress, deadline)) return;
    await stopServer(server.data);
  }
  const road = await findRoad();
  for (;;) {
    const logged = await endOfLog(server.log);
    const postmaster = await launch(server, road, env);
    if (await becomesReady(postmaster, server, progress, deadline)) return;
    const said = await saidSince(server.log, logged);
    if (!lingering.test(said) || performance.now() > deadline) throw await cannotStart(server, said);
    progress.say('ending the last processes of a server that was killed');
    await endOrphans(server.data);
    await delay(100, undefined, { signal: progress.signal });
  }
}

/**
 * Ends all sessions, lets everything be written, and stops the server. When its data is `doomed` it does not write,
 * which takes its time where there are many databases.
 */
export async function stopServer(data: string, { doomed = false } = {}): Promise<void> {
  const found = await findPostmaster(data);
  if (typeof found === 'string') return endOrphans(data);
  // Never SIGKILL, which the server's children would outlive for a while. On SIGQUIT it kills them itself.
  await stopProcess(found, { signal: doomed ? 'SIGQUIT' : 'SIGINT', graceMs: 15_000, last: 'SIGQUIT' });
}

/** A server that was killed leaves the backends that are at work; nobody gets their answers any more. */
async function endOrphans(data: string): Promise<void> {
  const folder = await realpath(data).catch(() => data);
  const orphans = await processesIn(folder, 'postgres');
  await Promise.all(orphans.map((orphan) => stopProcess(orphan, { signal: 'SIGQUIT', graceMs: 2000 })));
}

async function adopt(found: Postmaster, server: Server, progress: Progress, deadline: number): Promise<boolean> {
  if (found.port !== server.port || found.status === 'stopping') return false;
  return becomesReady(found, server, progress, deadline);
}

async function launch({ data, log, port, name }: Server, road: Road, env: Env): Promise<ProcessIdentity> {
  await removePidFile(data);
  await mkdir(dirname(log), { recursive: true, mode: 0o700 });
  // What makes the server ours is said at every start, and so cannot be changed by ALTER SYSTEM.
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    cluster_name: name,
    logging_collector: 'off',
  };
  const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const { file, args, options } = onRoad(road, 'postgres', ['-D', data, ...flags]);
  return startDetached(file, args, { ...options, env, logFile: log });
}

/** Waits until the server accepts connections; false when it ends instead. */
async function becomesReady(
  postmaster: ProcessIdentity,
  server: Server,
  { signal, say }: Progress,
  deadline: number,
): Promise<boolean> {
  const patience = performance.now() + 1000;
  for (let told = false; ; ) {
    const file = await readPidFile(server.data);
    if (file?.pid === postmaster.pid && file.status === 'ready') return true;
    if (!(await isAlive(postmaster))) return false;
    if (performance.now() > deadline) throw tooLate(server);
    if (!told && performance.now() > patience) {
      say('waiting until it accepts connections; after a crash it repeats what was not written yet');
      told = true;
    }
    await delay(10, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

const lingering = /pre-existing shared memory block|lock file "postmaster.pid" already exists/;

function tooLate({ log }: Server): Failure {
  return new Failure('stillStarting', {
    what: `PostgreSQL does not accept connections after ${startMs / 1000} s`,
    why: 'It goes on starting',
    next: [`Its log: ${log}`, 'Once it is ready, the same command goes on from there'],
  });
}

async function cannotStart({ log, port }: Server, said: string): Promise<Failure> {
  if (/Address already in use/.test(said)) return portTaken('PostgreSQL', port);
  const why = said.trimEnd().split('\n').slice(-10);
  return new Failure('unhealthy', { what: 'PostgreSQL ended at once', why, next: `Its log: ${log}` });
}
