import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { kill } from 'node:process';
import type { Readable } from 'node:stream';
import { CommandFailure } from './command-failure.ts';
import { readProcStat } from './proc-stat.ts';

/** A process, not only its number: numbers are used again, and start times (with the boot they count from) are not. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

interface Launch {
  /** The whole environment; nothing of our own is added. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Run as this user and group, without further groups; only root may. */
  readonly uid?: number;
  readonly gid?: number;
}

export interface RunOptions extends Launch {
  /** Standard input; empty when absent. */
  readonly input?: string | Uint8Array;
  /** Ends the command; its reason is what `run` throws then. */
  readonly signal?: AbortSignal;
  /** Milliseconds. */
  readonly timeout?: number;
}

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a short command to its end; throws CommandFailure. Never put a secret into `args`: every user can read them. */
export async function run(file: string, args: readonly string[], options: RunOptions): Promise<Output> {
  const { signal, input = '', ...rest } = options;
  const cancel = signal === undefined ? {} : { cancelSignal: signal };
  const { execa } = await import('execa');
  const result = await execa(file, args, { ...rest, ...cancel, input, extendEnv: false, all: true, reject: false });
  if (!result.failed) return { stdout: result.stdout, stderr: result.stderr };
  signal?.throwIfAborted();
  throw new CommandFailure([file, ...args], options.cwd, result);
}

export interface DetachOptions extends Launch {
  /** Opened to append, created 0600. */
  readonly logFile: string;
}

/** Starts a server that outlives us: a session of its own, all output to the log file. */
export async function startDetached(
  file: string,
  args: readonly string[],
  { logFile, ...launch }: DetachOptions,
): Promise<ProcessIdentity> {
  const log = openSync(logFile, 'a', 0o600);
  try {
    // Not execa: what it adds to a child, results and cleaning up, is for children that end before us.
    const child = spawn(file, args, { ...launch, detached: true, stdio: ['ignore', log, log] });
    child.unref();
    await spawned(child, [file, ...args], launch.cwd);
    return await identify(child.pid);
  } finally {
    closeSync(log);
  }
}

/** Receives output as it comes; what it returns is awaited before more is read. */
export type Sink = (chunk: Buffer) => void | Promise<void>;

export interface GroupOptions extends Launch {
  readonly stdin?: 'ignore' | 'inherit';
  readonly onStdout: Sink;
  readonly onStderr: Sink;
}

/** How a process ended: one of the two is null. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProcessGroup extends ProcessIdentity {
  /** The leader's end; others of the group may still live and hold its output open. */
  readonly exited: Promise<Exit>;
  /** All output was handed over; rejects when a sink does. */
  readonly drained: Promise<void>;
  /** To every process of the group; false when there is none left. */
  kill(signal: NodeJS.Signals): boolean;
  /** Reads no more: for output that somebody outside the group holds open, which would keep us from ending. */
  abandonOutput(): void;
}

/** Starts a process as the leader of a group of its own, which the terminal's Ctrl-C does not reach. */
export async function spawnGroup(
  file: string,
  args: readonly string[],
  { onStdout, onStderr, stdin = 'ignore', ...launch }: GroupOptions,
): Promise<ProcessGroup> {
  // Not execa: it takes longer to load than a small package takes to run, and a group needs nothing that it adds.
  const child = spawn(file, args, { ...launch, detached: true, stdio: [stdin, 'pipe', 'pipe'] });
  const exited = exitOf(child);
  await spawned(child, [file, ...args], launch.cwd);
  const { pid, stdout, stderr } = child;
  if (pid === undefined || stdout === null || stderr === null)
    throw new Error('A process was started without its pipes');
  const drained = Promise.all([pour(stdout, onStdout), pour(stderr, onStderr)]).then(() => {});
  drained.catch(() => {}); // Not awaited yet is not unhandled.
  const abandonOutput = () => [stdout, stderr].forEach((stream) => void stream.destroy());
  return { ...(await identify(pid)), exited, drained, kill: (signal) => signalGroup(pid, signal), abandonOutput };
}

/** A command that has the terminal. */
export interface ForegroundProcess {
  readonly exited: Promise<Exit>;
  /** To the process alone. */
  kill(signal: NodeJS.Signals): void;
}

/** Starts a command on our own terminal and in our own process group, so that Ctrl-C reaches it as if dk were not there. */
export async function spawnForeground(
  file: string,
  args: readonly string[],
  launch: Launch,
): Promise<ForegroundProcess> {
  const child = spawn(file, args, { ...launch, stdio: 'inherit' });
  const exited = exitOf(child);
  await spawned(child, [file, ...args], launch.cwd);
  return { exited, kill: (signal) => void child.kill(signal) };
}

function exitOf(child: Pick<ChildProcess, 'once'>): Promise<Exit> {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
}

async function spawned(child: ChildProcess, command: readonly string[], cwd: string | undefined): Promise<void> {
  await once(child, 'spawn').catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailure(command, cwd, { code: error.code, timedOut: false });
  });
}

/** Sends a signal to a process group; 0 only asks. False when nobody in it can be signalled. */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return kill(-leader, signal);
  } catch (error) {
    // macOS answers EPERM, not ESRCH, for a group that has only zombies left.
    if (['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** What the system knows of a process now, or undefined when there is none of that number. */
export async function inspectProcess(pid: number): Promise<{ startTime: string; zombie: boolean } | undefined> {
  return platform() === 'linux' ? inspectByProc(pid) : inspectByPs(pid);
}

async function inspectByProc(pid: number) {
  const stat = readProcStat(pid);
  return stat && { startTime: `${bootId()}/${stat.startTicks}`, zombie: stat.zombie };
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
}

async function inspectByPs(pid: number) {
  const env = { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' };
  const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { env }).catch(() => ({ stdout: '' }));
  const [, state = '', startTime] = /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout) ?? [];
  return startTime === undefined ? undefined : { startTime, zombie: state.startsWith('Z') };
}

async function identify(pid: number | undefined): Promise<ProcessIdentity> {
  if (pid === undefined) throw new Error('A process that was started has no number');
  const found = await inspectProcess(pid);
  return { pid, startTime: found?.startTime ?? 'ended at once' };
}

async function pour(stream: Readable, sink: Sink): Promise<void> {
  for await (const chunk of stream) await sink(chunk);
}
