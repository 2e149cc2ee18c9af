import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import type { ProcessIdentity } from './exec.ts';
import { identityOf, isAlive } from './processes.ts';

interface Owner extends ProcessIdentity {
  readonly nonce: string;
  /** For the message of whoever has to wait. */
  readonly command: string;
}

export interface LockOptions {
  readonly command: string;
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** Told once, when somebody else holds the lock. */
  readonly onWait: (why: string) => void;
}

/**
 * Holds a lock file while `work` runs. A live owner is waited for, then it is a conflict Failure;
 * the lock of an owner that is gone is taken over.
 */
export async function withLock<Result>(file: string, options: LockOptions, work: () => Promise<Result>): Promise<Result> {
  const owner = await acquire(file, options);
  try {
    return await work();
  } finally {
    await release(file, owner);
  }
}

async function acquire(file: string, { command, waitMs, signal, onWait }: LockOptions): Promise<Owner> {
  const deadline = performance.now() + waitMs;
  const owner = { ...(await ourselves()), nonce: randomUUID(), command };
  for (let told = false; !(await tryCreate(file, owner)); ) {
    const holder = await readOwner(file);
    if (holder === undefined) continue;
    if (!(await isAlive(holder))) {
      await takeAway(file, holder);
      continue;
    }
    const who = `"${holder.command}" (pid ${holder.pid}) is at work here`;
    if (!told) onWait(`waiting: ${who}`);
    told = true;
    if (performance.now() > deadline) {
      throw new Failure('conflict', { what: 'Another dk holds the lock', why: who, next: 'Try again when it has ended' });
    }
    await pause(50, undefined, { signal });
  }
  return owner;
}

async function ourselves(): Promise<ProcessIdentity> {
  const { pid } = await import('node:process');
  const identity = await identityOf(pid);
  if (!identity) throw new Error('this process cannot see itself');
  return identity;
}

/** Written aside and linked into place: nobody reads half an owner, and only one of several can link. */
async function tryCreate(file: string, owner: Owner): Promise<boolean> {
  const draft = `${file}.${owner.nonce}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(draft, JSON.stringify(owner), { mode: 0o600 });
    await link(draft, file);
    return true;
  } catch (error) {
    // ENOENT: whoever released the lock meanwhile removed the empty folder too.
    if (['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Owner;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    return { pid: 0, startTime: '', nonce: '', command: 'unknown' };
  }
}

/** Moves a dead owner's lock aside; should another waiter have been quicker and own it by now, it is put back. */
async function takeAway(file: string, dead: Owner): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await readOwner(aside))?.nonce !== dead.nonce) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

async function release(file: string, owner: Owner): Promise<void> {
  if ((await readOwner(file))?.nonce === owner.nonce) await rm(file, { force: true });
  await rmdir(dirname(file)).catch(() => undefined);
}
