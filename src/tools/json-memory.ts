import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { access, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { version } from '../version.ts';
import { replaceFile } from './atomic-file.ts';

/** What was made of texts, found by the text and dk's version alone: never out of date. Values are plain JSON. */
export interface JsonMemory {
  /** Undefined for what is not there, and for what a full disk cut off. */
  recall(text: string): unknown;
  remember(text: string, value: unknown): Promise<void>;
}

/** More are of texts long edited away. */
const mostEntries = 500;

/** Nothing is remembered where the folder's parent does not exist; what cannot be written is no fault. */
export function openJsonMemory(folder: string): JsonMemory {
  const entryOf = (text: string) =>
    join(folder, `${createHash('sha256').update(`${version}\0${text}`).digest('hex')}.json`);
  return {
    recall(text) {
      try {
        // At once: handing a file of a few KiB to another thread takes ten times as long.
        return JSON.parse(readFileSync(entryOf(text), 'utf8'));
      } catch {
        return undefined;
      }
    },
    async remember(text, value) {
      try {
        await access(dirname(folder));
        if ((await readdir(folder).catch(() => [])).length >= mostEntries)
          await rm(folder, { recursive: true, force: true });
        replaceFile(entryOf(text), JSON.stringify(value));
      } catch {
        // It is made again.
      }
    },
  };
}
