import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure, reasonOf } from '../failure.ts';
import type { ProcessIdentity } from './exec.ts';
import { makeFolder } from './make-folder.ts';
import { identityOf, isAlive, ownIdentity } from './processes.ts';

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

/** ENOENT: some file systems say that of what they will not make. */
const unwritable = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR', 'ENOENT'] as const;

/**
 * Holds a lock file while `work` runs. A live owner is waited for, then it is a conflict Failure;
 * the lock of an owner that is gone is taken over. The folder is made, and removed when it is empty.
 */
export async function withLock<Result>(
  file: string,
  options: LockOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const owner = { ...(await ownIdentity()), nonce: randomUUID(), command: options.command };
  await acquire(file, owner, options).catch(async (error: unknown) => {
    throw isCode(error, ...unwritable) ? await cannotBeMade(file, error) : error;
  });
  try {
    return await work();
  } finally {
    await release(file, owner);
  }
}

async function acquire(file: string, owner: Owner, { waitMs, signal, onWait }: LockOptions): Promise<void> {
  const deadline = performance.now() + waitMs;
  let told = false;
  for (;;) {
    signal.throwIfAborted();
    const holder = await tryAcquire(file, owner);
    if (holder === undefined) return;
    const who = `"${holder.command}" (pid ${holder.pid}) is at work here`;
    if (performance.now() >= deadline) throw stillHeld(file, who);
    if (!told) onWait(`waiting: ${who}`);
    told = true;
    // Those who wait do not all come back at the same moment.
    await pause(30 + Math.random() * 40, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

function stillHeld(file: string, who: string): Failure {
  return new Failure('conflict', {
    what: `Another dk holds the lock ${file}`,
    why: who,
    next: 'Try again when it has ended, or wait longer: --wait-lock 300',
  });
}

async function cannotBeMade(file: string, cause: unknown): Promise<Failure> {
  const folder = dirname(file);
  const isThere = (await stat(folder).catch(() => undefined))?.isDirectory();
  return new Failure('prerequisite', {
    what: `The lock ${file} cannot be made`,
    why: reasonOf(cause),
    next: [...(isThere ? [`ls -ld ${folder}`] : []), 'export XDG_STATE_HOME="$(mktemp -d)"'],
    cause,
  });
}

/** Gives nothing when the lock is ours now, else who has it. */
async function tryAcquire(file: string, owner: Owner): Promise<Owner | undefined> {
  for (;;) {
    const holder = await readOwner(file);
    if (holder && (await isAlive(holder))) return holder;
    const outcome = holder ? await inherit(file, holder, owner) : (await placeNew(file, owner)) ? 'ours' : 'changed';
    if (outcome === 'ours') return undefined;
    if (outcome !== 'changed') return outcome;
  }
}

/**
 * Replaces the file of an owner that is gone. Only the heir may, who holds a lock named after the dead owner's nonce:
 * whoever looked at the dead owner earlier and comes later finds another nonce in the file, and leaves it alone.
 */
async function inherit(file: string, dead: Owner, owner: Owner): Promise<'ours' | 'changed' | Owner> {
  const claim = `${file}.heir-${dead.nonce.slice(0, 8)}`;
  const rival = await tryAcquire(claim, owner);
  if (rival !== undefined) return rival;
  try {
    if ((await readOwner(file))?.nonce !== dead.nonce) return 'changed';
    await replace(file, owner);
    return 'ours';
  } finally {
    await rm(claim, { force: true });
  }
}

/** Written aside and linked into place: nobody reads half an owner, and only one of several can link. */
function placeNew(file: string, owner: Owner): Promise<boolean> {
  return withDraft(file, owner, async (draft) => {
    try {
      await link(draft, file);
      return true;
    } catch (error) {
      // ENOENT: somebody removed the whole folder just now.
      if (isCode(error, 'EEXIST', 'ENOENT')) return false;
      throw error;
    }
  });
}

function replace(file: string, owner: Owner): Promise<void> {
  return withDraft(file, owner, (draft) => rename(draft, file));
}

async function withDraft<Result>(
  file: string,
  owner: Owner,
  work: (draft: string) => Promise<Result>,
): Promise<Result> {
  const draft = `${file}.draft-${owner.pid}-${randomUUID().slice(0, 8)}`;
  try {
    await writeDraft(draft, owner);
    return await work(draft);
  } finally {
    await rm(draft, { force: true });
  }
}

async function writeDraft(draft: string, owner: Owner): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      makeFolder(dirname(draft), 0o700);
      return await writeFile(draft, JSON.stringify(owner), { mode: 0o600 });
    } catch (error) {
      // Whoever released the lock just now removed the empty folder too, be it while it was being made.
      if (attempt === mostTries || !isCode(error, 'ENOENT', 'EEXIST')) throw error;
    }
  }
}

/** So often in a row, nobody removes a folder by chance. */
const mostTries = 100;

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Owner;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    if (!(error instanceof SyntaxError)) throw error;
    // A power failure can leave a file without content: an owner that is gone.
    return { pid: 0, startTime: '', nonce: 'unreadable', command: 'unknown' };
  }
}

async function release(file: string, owner: Owner): Promise<void> {
  if ((await readOwner(file))?.nonce === owner.nonce) {
    await sweep(file);
    await rm(file, { force: true });
  }
  await rmdir(dirname(file)).catch(() => undefined);
}

/** Removes drafts and claims of processes that were killed; only the owner does, since to an owner old claims mean nothing. */
async function sweep(file: string): Promise<void> {
  const folder = dirname(file);
  const ours = [`${basename(file)}.draft-`, `${basename(file)}.heir-`];
  const names = (await readdir(folder)).filter((name) => ours.some((prefix) => name.startsWith(prefix)));
  for (const name of names) {
    if (await isAbandoned(join(folder, name))) await rm(join(folder, name), { force: true });
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  const owner = await readOwner(file);
  if (owner === undefined) return false;
  if (owner.nonce !== 'unreadable') return !(await isAlive(owner));
  // Killed before it had written its name: the file's own name still tells the process.
  const pid = Number(/\.draft-(\d+)-/.exec(file)?.[1] ?? 0);
  return (await identityOf(pid)) === undefined;
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => code === error.code);
}
