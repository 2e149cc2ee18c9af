import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a new file that only its owner can read, and has it on disk on return; its name may not be. */
export async function writeNewFile(path: string, data: Buffer | string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
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
  const sync = { done: fsyncFolder(path).finally(() => syncs.get(path) === sync && syncs.delete(path)) };
  syncs.set(path, sync);
  return sync.done;
}

async function fsyncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes a file or folder that may be gone already. */
export async function removeQuietly(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

/** Writes all of the bytes at the handle's position. */
export async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += (await handle.write(bytes, written)).bytesWritten;
  }
}
