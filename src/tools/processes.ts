import { platform } from 'node:os';
import { kill } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import { inspectProcess, type ProcessIdentity, signalGroup } from './exec.ts';
import { procGroupLives } from './proc-stat.ts';

/** The identity of a process that is known by number only; undefined when there is none, or only its zombie. */
export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  const found = await inspectProcess(pid);
  return found === undefined || found.zombie ? undefined : { pid, startTime: found.startTime };
}

/** Whether exactly this process runs; a zombie, or another process of the same number, is not it. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const now = await identityOf(identity.pid);
  return now?.startTime === identity.startTime;
}

export interface StopOptions {
  /** What asks the process to end; SIGTERM when absent. */
  readonly signal?: NodeJS.Signals;
  /** How long it may take before SIGKILL follows. */
  readonly graceMs: number;
  /** The process leads a group: signal all of it, and wait for all of it. */
  readonly group?: boolean;
}

/** Ends exactly this process: asks, waits, kills. Another process of the same number is never signalled. */
export async function stopProcess(
  identity: ProcessIdentity,
  { signal = 'SIGTERM', graceMs, group = false }: StopOptions,
): Promise<'was-gone' | 'stopped' | 'killed'> {
  if (!(await isAlive(identity))) return 'was-gone';
  send(identity.pid, signal, group);
  if (await isGoneWithin(identity, graceMs, group)) return 'stopped';
  // A leader that is gone no longer vouches for its number, but a group keeps the number from being used again.
  if (group || (await isAlive(identity))) send(identity.pid, 'SIGKILL', group);
  if (await isGoneWithin(identity, 5000, group)) return 'killed';
  if (!(await isAlive(identity))) return 'killed';
  throw new Failure('unhealthy', {
    what: `Process ${identity.pid} did not end`,
    why: 'It was sent SIGKILL and still exists 5 s later',
    next: `ps -o pid,stat,wchan,args -p ${identity.pid}`,
  });
}

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
