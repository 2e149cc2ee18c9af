import { readFile, readlink } from 'node:fs/promises';
import { platform } from 'node:os';
import { kill, pid } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import { inspectProcess, type ProcessIdentity, run, signalGroup } from './exec.ts';
import { allPids, procGroupLives } from './proc-stat.ts';

/** The identity of a process that is known by number only; undefined when there is none, or only its zombie. */
export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  const found = await inspectProcess(pid);
  return found === undefined || found.zombie ? undefined : { pid, startTime: found.startTime };
}

/** Our own identity, to be left where others look for the owner of something. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const identity = await identityOf(pid);
  if (!identity) throw new Error('this process cannot see itself');
  return identity;
}

/** Whether exactly this process runs; a zombie, or another process of the same number, is not it. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const now = await identityOf(identity.pid);
  return now?.startTime === identity.startTime;
}

/** The folder a process works in, or undefined when it cannot be told, as of other users' processes. */
export async function workingDirectory(pid: number): Promise<string | undefined> {
  if (platform() === 'linux') return readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  const env = { PATH: '/usr/sbin:/usr/bin:/bin' };
  const lsof = run('lsof', ['-a', '-p', String(pid), '-d', 'cwd', '-Fn'], { env });
  const { stdout } = await lsof.catch(() => ({ stdout: '' }));
  return /^n(.*)$/m.exec(stdout)?.[1];
}

/** The processes of a program that work in this folder; Linux only, elsewhere none are found. */
export async function processesIn(folder: string, program: string): Promise<readonly ProcessIdentity[]> {
  const pids = platform() === 'linux' ? allPids() : [];
  const identities = pids.map(async (pid) => {
    if ((await workingDirectory(pid)) !== folder) return undefined;
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    return name.trim() === program ? identityOf(pid) : undefined;
  });
  return (await Promise.all(identities)).filter((identity) => identity !== undefined);
}

export interface StopOptions {
  /** What asks the process to end; SIGTERM when absent. */
  readonly signal?: NodeJS.Signals;
  /** How long it may take before `last` follows. */
  readonly graceMs: number;
  /** What cannot be resisted; SIGKILL when absent. */
  readonly last?: NodeJS.Signals;
  /** The process leads a group: signal all of it, and wait for all of it. */
  readonly group?: boolean;
}

/** Ends exactly this process: asks, waits, kills. Another process of the same number is never signalled. */
export async function stopProcess(
  identity: ProcessIdentity,
  { signal = 'SIGTERM', graceMs, last = 'SIGKILL', group = false }: StopOptions,
): Promise<'was-gone' | 'stopped' | 'killed'> {
  if (!(await isAlive(identity))) return 'was-gone';
  send(identity.pid, signal, group);
  if (await isGoneWithin(identity, graceMs, group)) return 'stopped';
  // A leader that is gone no longer vouches for its number, but a group keeps the number from being used again.
  if (group || (await isAlive(identity))) send(identity.pid, last, group);
  if (await isGoneWithin(identity, lastMs, group)) return 'killed';
  if (!(await isAlive(identity))) return 'killed';
  throw new Failure('unhealthy', {
    what: `Process ${identity.pid} did not end`,
    why: `It was sent ${last} and still exists ${lastMs / 1000} s later`,
    next: `ps -o pid,stat,wchan,args -p ${identity.pid}`,
  });
}

/** PostgreSQL gives its children 5 s to end on SIGQUIT before it kills them. */
const lastMs = 10_000;

function send(pid: number, signal: NodeJS.Signals, group: boolean): void {
  try {
    if (group) signalGroup(pid, signal);
    else kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return;
    if (code !== 'EPERM') throw error;
    throw new Failure('refused', {
      what: `Process ${pid} cannot be stopped`,
      why: 'It belongs to another user',
      next: `ps -o user,pid,args -p ${pid}`,
      cause: error,
    });
  }
}

async function isGoneWithin(identity: ProcessIdentity, milliseconds: number, group: boolean): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while ((await isAlive(identity)) || (group && (await groupLives(identity.pid)))) {
    if (performance.now() >= deadline) return false;
    await delay(10);
  }
  return true;
}

/** Whether a process group has a member that is more than a zombie. */
export async function groupLives(group: number): Promise<boolean> {
  return platform() === 'linux' ? procGroupLives(group) : signalGroup(group, 0);
}
