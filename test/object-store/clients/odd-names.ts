import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Parts of keys that clients tend to stumble over; those in Python read the same file. */
export const oddNames: readonly string[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'odd-names.json'), 'utf8'),
);
