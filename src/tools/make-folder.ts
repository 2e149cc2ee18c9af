import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { isThere, statIfThere } from './if-there.ts';

/**
 * Makes a folder with those above it, as `mkdir -p` does. Node's own way never ends where a folder that is there says of
 * new ones that there is no such folder, as those of /proc do.
 */
export function makeFolder(folder: string, mode?: number): void {
  try {
    makeOne(folder, mode);
  } catch (error) {
    if (!isMissing(error) || dirname(folder) === folder) throw error;
    makeFolder(dirname(folder), mode);
    makeOne(folder, mode);
  }
}

function makeOne(folder: string, mode: number | undefined): void {
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // It is there already, which not every system says by EEXIST.
    if (!isThere(folder) || !statIfThere(folder)?.isDirectory()) throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
