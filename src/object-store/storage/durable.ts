import { closeSync, fsync, open, openSync, writev } from 'node:fs';
import { mkdir, rm, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

// Opening what is there and closing are synchronous: microseconds, of which a trip through the thread pool, behind
// others' fsyncs, takes a multiple. What may wait for the disk or the file system's journal never blocks.
const fsyncAsync = promisify(fsync);
const openAsync = promisify(open);
const writevAsync = promisify(writev);

/** Writes a new file that only its owner can read, and has it on disk on return; its name may not be. */
export async function writeNewFile(path: string, data: Buffer | string): Promise<void> {
  const file = await createFile(path);
  try {
    await writeAll(file, [typeof data === 'string' ? Buffer.from(data) : data]);
    await fsyncAsync(file);
  } finally {
    closeSync(file);
  }
}

/** Opens a new file that only its owner can read. */
export async function createFile(path: string): Promise<number> {
  return await openAsync(path, 'wx', 0o600);
}

/** Makes the folder unless it is there, with its name on disk on return. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await syncFolder(dirname(path));
}

/** Has the names in the folder on disk on return. Calls for one folder that come together share an fsync. */
export function syncFolder(path: string): Promise<void> {
  const running = syncs.get(path);
  if (running === undefined) return startSync(path);
  // The running one may have begun before the caller's change: the next one has not.
  running.next ??= running.done.catch(() => undefined).then(() => startSync(path));
  return running.next;
}

const syncs = new Map<string, { done: Promise<void>; next?: Promise<void> }>();

function startSync(path: string): Promise<void> {
  const sync = { done: syncPath(path).finally(() => syncs.get(path) === sync && syncs.delete(path)) };
  syncs.set(path, sync);
  return sync.done;
}

/** Has what is there, a file or a folder, on disk on return. */
export async function syncPath(path: string): Promise<void> {
  const file = openSync(path, 'r');
  try {
    await fsyncAsync(file);
  } finally {
    closeSync(file);
  }
}

/** Removes a file that may be gone already. */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

/** Removes a file or folder that may be gone already. */
export async function removeQuietly(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

/** Keeps a failure for whoever waits for it next; until then it is not unhandled. */
export function handled<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}

/** Waits for all of them, even once one has failed: none goes on behind the failure's back. */
export async function allOf(works: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(works)) if (outcome.status === 'rejected') throw outcome.reason;
}

/** Has what was written to the file on disk on return. */
export async function syncFile(file: number): Promise<void> {
  await fsyncAsync(file);
}

/** Writes all of the pieces, one after the other, at the file's position. */
export async function writeAll(file: number, pieces: readonly Buffer[]): Promise<void> {
  let rest = pieces;
  while (rest.length > 0) {
    const { bytesWritten } = await writevAsync(file, rest);
    rest = without(rest, bytesWritten);
  }
}

function without(pieces: readonly Buffer[], count: number): readonly Buffer[] {
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return count === size ? [] : [Buffer.concat(pieces).subarray(count)];
}
