import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure, reasonOf } from '../failure.ts';
import type { ProcessIdentity } from './exec.ts';
import { withLock } from './lock.ts';
import { isAlive, ownIdentity } from './processes.ts';

export interface LockOptions {
  /** How long somebody else's lock is waited for; 10 s when absent. */
  readonly waitMs?: number;
  readonly signal: AbortSignal;
}

/** What a dk writes into its lock, for the next one to see whether it still lives; the locks of others are empty. */
interface Owner extends ProcessIdentity {
  readonly program: 'dk';
  readonly host: string;
}

/** As kubectl locks: whoever makes the file `<kubeconfig>.lock` has it. That of a dk that was killed is taken away. */
export async function withKubeconfigLock<Result>(
  file: string,
  { waitMs = 10_000, signal }: LockOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const lock = `${file}.lock`;
  const deadline = performance.now() + waitMs;
  const owner: Owner = { program: 'dk', host: hostname(), ...(await ownIdentity()) };
  while (!(await makeLock(lock, owner))) {
    await removeAbandoned(lock, { waitMs, signal });
    if (performance.now() > deadline) throw stillLocked(file, lock);
    // Those who wait do not all come back at the same moment.
    await pause(20 + Math.random() * 40, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

/** A prerequisite Failure that says how to do without the file. */
export function cannotWrite(file: string, why: string): Failure {
  return new Failure('prerequisite', {
    what: `${file} cannot be written`,
    why,
    next: ['dk dev up --no-merge leaves it alone', 'dk dev kubeconfig tells the file that dk itself uses'],
  });
}

/** Written aside and linked into place: nobody sees a lock of ours without its owner. */
async function makeLock(lock: string, owner: Owner): Promise<boolean> {
  const draft = `${lock}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(lock), { recursive: true, mode: 0o700 });
    await writeFile(draft, JSON.stringify(owner), { mode: 0o600, flag: 'wx' });
    await link(draft, lock);
    return true;
  } catch (error) {
    // ENOENT: another dk removed the empty folder just now.
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false;
    throw cannotWrite(lock, reasonOf(error));
  } finally {
    await rm(draft, { force: true });
  }
}

/** One dk at a time, each looking once more: what was abandoned may be gone, and somebody else's in its place. */
async function removeAbandoned(lock: string, options: { waitMs: number; signal: AbortSignal }): Promise<void> {
  if (!(await isAbandoned(lock))) return;
  await withLock(`${lock}.heir`, { ...options, command: 'dk', onWait: () => undefined }, async () => {
    if (await isAbandoned(lock)) await rm(lock, { force: true });
  });
}

/** Whether a dk of this machine made it that is gone. */
async function isAbandoned(lock: string): Promise<boolean> {
  const text = await readFile(lock, 'utf8').catch(() => '');
  try {
    const owner = JSON.parse(text) as Owner | null;
    return owner?.program === 'dk' && owner.host === hostname() && !(await isAlive(owner));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function stillLocked(file: string, lock: string): Failure {
  return new Failure('conflict', {
    what: `${file} is locked by another program`,
    why: `${lock} exists`,
    next: [`If no kubectl, k3d or dk is at work: rm ${lock}`, 'dk dev up --no-merge leaves the file alone'],
  });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
