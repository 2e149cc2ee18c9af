import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** Who may read a file and its folder: its owner, or whoever the umask lets. */
export type Access = 'private' | 'shared';

const modes = { private: { file: 0o600, folder: 0o700 }, shared: { file: 0o666, folder: 0o777 } } as const;

/**
 * Replaces a file so that a reader, or a crash, sees the old content or the new, never a part; makes missing folders.
 * The name in between begins with a dot and has no extension that kubectl reads.
 */
export async function writeAtomically(
  file: string,
  content: string | Uint8Array,
  access: Access = 'private',
): Promise<void> {
  const mode = modes[access];
  makeFolder(dirname(file), mode.folder);
  const draft = draftOf(file);
  try {
    await writeDurably(draft, content, mode.file);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(file));
}

/**
 * The same for a small private file that a power failure may take: it is never seen in part, but nothing waits for the
 * disk, nor for another thread.
 */
export function replaceFile(file: string, content: string): void {
  const mode = modes.private;
  makeFolder(dirname(file), mode.folder);
  const draft = draftOf(file);
  try {
    writeFileSync(draft, content, { mode: mode.file, flag: 'wx' });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function draftOf(file: string): string {
  return join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}`);
}

async function writeDurably(file: string, content: string | Uint8Array, mode: number): Promise<void> {
  const handle = await open(file, 'wx', mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A rename survives a power failure only once the folder is on disk too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
