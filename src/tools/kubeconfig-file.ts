import { chmod, chown, mkdir, open, readFile, realpath, rm, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure, reasonOf } from '../failure.ts';
import { writeAtomically } from './atomic-file.ts';

export interface EditOptions {
  /** How long somebody else's lock is waited for; 10 s when absent. */
  readonly waitMs?: number;
  readonly signal: AbortSignal;
}

/** A file's text; undefined where there is none. */
export async function readKubeconfig(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new Failure('prerequisite', { what: `${file} cannot be read`, why: reasonOf(error), cause: error });
  }
}

/**
 * Changes a kubeconfig while its lock is held, which kubectl and others heed too; whether anything changed. The file keeps its
 * mode, its owner and the link that leads to it; text that becomes undefined is a file that goes away.
 */
export async function editKubeconfig(
  file: string,
  edit: (text: string | undefined) => string | undefined,
  options: EditOptions,
): Promise<boolean> {
  // A lock would need a folder that perhaps nobody needs.
  const before = await readKubeconfig(file);
  if (edit(before) === before) return false;
  const [changed, after] = await locked(file, options, async () => {
    const text = await readKubeconfig(file);
    const wanted = edit(text);
    if (wanted === text) return [false, text];
    await (wanted === undefined ? rm(file) : write(file, wanted));
    return [true, wanted];
  });
  // The folder came with the file.
  if (changed && after === undefined) await rmdir(dirname(file)).catch(() => undefined);
  return changed;
}

async function write(file: string, text: string): Promise<void> {
  // A link may lead to nothing yet: then it is replaced.
  const target = await realpath(file).catch(() => file);
  const before = await stat(target).catch(() => undefined);
  // A folder that lets us replace it does not mean that we may.
  if (before && (before.mode & 0o222) === 0) throw cannotWrite(file, 'it is read-only');
  try {
    await writeAtomically(target, text);
    if (before) await chmod(target, before.mode & 0o7777);
    const { uid, gid } = await stat(target);
    if (before && (before.uid !== uid || before.gid !== gid)) await chown(target, before.uid, before.gid);
  } catch (error) {
    throw cannotWrite(file, reasonOf(error));
  }
}

/** As kubectl locks: whoever makes the file `<kubeconfig>.lock` has it. */
async function locked<Result>(
  file: string,
  { waitMs = 10_000, signal }: EditOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const lock = `${file}.lock`;
  const deadline = performance.now() + waitMs;
  while (!(await makeLock(lock))) {
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

async function makeLock(lock: string): Promise<boolean> {
  try {
    await mkdir(dirname(lock), { recursive: true, mode: 0o700 });
    await (await open(lock, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    // ENOENT: another dk removed the empty folder just now.
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false;
    throw cannotWrite(lock, reasonOf(error));
  }
}

function stillLocked(file: string, lock: string): Failure {
  return new Failure('conflict', {
    what: `${file} is locked by another program`,
    why: `${lock} exists`,
    next: [`If no kubectl, k3d or dk is at work: rm ${lock}`, 'dk dev up --no-merge leaves the file alone'],
  });
}

function cannotWrite(file: string, why: string): Failure {
  return new Failure('prerequisite', {
    what: `${file} cannot be written`,
    why,
    next: ['dk dev up --no-merge leaves it alone', 'dk dev kubeconfig tells the file that dk itself uses'],
  });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
