import { join } from 'node:path';
import { isThere } from '../../tools/if-there.ts';

/** The absolute path of the first of the names that is there. */
export function firstExisting(directory: string, names: readonly string[]): string | undefined {
  return names.map((name) => join(directory, name)).find(isThere);
}
