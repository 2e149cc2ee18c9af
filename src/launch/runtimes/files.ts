import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Whether there is a file or folder of that path. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The absolute path of the first of the names that is there. */
export async function firstExisting(directory: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    if (await exists(join(directory, name))) return join(directory, name);
  }
  return undefined;
}
