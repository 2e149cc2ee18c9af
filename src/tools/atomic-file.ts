import { randomBytes } from 'node:crypto';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** Who may read a file and its folder: its owner, or whoever the umask lets. */
export type Access = 'private' | 'shared';

const modes = { private: { file: 0o600, folder: 0o700 }, shared: { file: 0o666, folder: 0o777 } } as const;

/**
 * Replaces a file so that a reader, or a crash, sees the old content or the new, never a part; makes missing folders.
 * The name in between begins with a dot and has no extension that kubectl reads.
 */
export async function writeAtomically(file: string, content: string, access: Access = 'private'): Promise<void> {
  const mode = modes[access];
  await replaceBy(file, mode.folder, (draft) => writeDurably(draft, content, mode.file));
  await syncFolder(dirname(file));
}

/**
 * The same for a private file that a power failure may take: it is never seen in part, but nothing waits for the disk.
 */
export function replaceFile(file: string, content: string): Promise<void> {
  const mode = modes.private;
  return replaceBy(file, mode.folder, (draft) => writeFile(draft, content, { mode: mode.file, flag: 'wx' }));
}

async function replaceBy(file: string, folderMode: number, write: (draft: string) => Promise<void>): Promise<void> {
  const folder = dirname(file);
  await makeFolder(folder, folderMode);
  const draft = join(folder, `.${basename(file)}.${randomBytes(6).toString('hex')}`);
  try {
    await write(draft);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function writeDurably(file: string, content: string, mode: number): Promise<void> {
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
