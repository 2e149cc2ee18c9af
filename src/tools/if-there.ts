import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';

// At once: handing a small file to another thread takes ten times as long as reading it, and commands read dozens.

/** The content of a file, or undefined where there is none. */
export function readIfThere(file: string): string | undefined {
  return unlessMissing(() => readFileSync(file, 'utf8'));
}

/** Names in a folder, sorted, without those that begin with a dot; none where there is no folder. */
export function namesIn(folder: string): readonly string[] {
  const names = unlessMissing(() => readdirSync(folder)) ?? [];
  return names.filter((name) => !name.startsWith('.')).sort();
}

/** What a path, or the link there, leads to; undefined where that is nothing. */
export function statIfThere(path: string): Stats | undefined {
  return unlessMissing(() => statSync(path));
}

/** Whether there is a file or folder of that path that may be looked at. */
export function isThere(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Turns "no such file or folder" into undefined. */
export async function orUndefined<Result>(reading: Promise<Result>): Promise<Result | undefined> {
  try {
    return await reading;
  } catch (error) {
    return undefinedIfMissing(error);
  }
}

function unlessMissing<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    return undefinedIfMissing(error);
  }
}

function undefinedIfMissing(error: unknown): undefined {
  const code = codeOf(error);
  if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
}

/** The system's code of a thrown error, such as ENOENT. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
