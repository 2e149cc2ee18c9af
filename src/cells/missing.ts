import { readdir, readFile } from 'node:fs/promises';

/** The content of a file, or undefined where there is none. */
export function readIfThere(file: string): Promise<string | undefined> {
  return orUndefined(readFile(file, 'utf8'));
}

/** Names in a folder, sorted, without those that begin with a dot; none where there is no folder. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  const names = (await orUndefined(readdir(folder))) ?? [];
  return names.filter((name) => !name.startsWith('.')).sort();
}

/** Turns "no such file or folder" into undefined. */
export async function orUndefined<Result>(reading: Promise<Result>): Promise<Result | undefined> {
  try {
    return await reading;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** The system's code of a thrown error, such as ENOENT. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
