import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { run } from '../../../tools/exec.ts';

interface Link {
  /** Both are relative to the package's folder. */
  readonly source: string;
  readonly target: string;
}

/**
 * The package with the symbolic links that its libraries need: npm cannot pack links, and runs no install scripts
 * by default. Where we may not write, a copy in the folder `copies` gets them. Safe to call at the same time.
 */
export async function linkedPackage(folder: string, copies: string): Promise<string> {
  try {
    await link(folder);
    return folder;
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return copyPackage(folder, copies);
  }
}

/** Copies a package's programs into `<copies>/<version>`, once; who can reach that folder can run them. */
export async function copyPackage(folder: string, copies: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
  const copy = join(copies, version);
  if (await exists(copy)) return copy;
  const partial = `${copy}.${randomUUID()}`;
  try {
    await mkdir(partial, { recursive: true, mode: 0o700 });
    await chmod(copies, 0o755);
    await copyPrograms(folder, partial);
    await rename(partial, copy).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // Somebody else was first.
    });
    return copy;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function copyPrograms(from: string, to: string): Promise<void> {
  // Thousand small files: several times faster than fs.cp, and the same on every Unix.
  await run('cp', ['-RP', join(from, 'native'), join(from, 'package.json'), to], { env: coreutils });
  await run('chmod', ['-R', 'u+w,a+rX', to], { env: coreutils }); // Whatever they were there, and whatever the umask.
  await link(to);
}

const coreutils = { PATH: '/bin:/usr/bin' };

async function link(folder: string): Promise<void> {
  const links = JSON.parse(await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8')) as Link[];
  for (const { source, target } of links) {
    const path = join(folder, target);
    if (await exists(path)) continue;
    await symlink(relative(dirname(path), join(folder, source)), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
