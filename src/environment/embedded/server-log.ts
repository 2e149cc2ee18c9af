import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

/** Where the log of a server ends now, in bytes; 0 when there is none. */
export async function endOfLog(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined);
  return found?.size ?? 0;
}

/** What a server has said from there on. */
export function saidSince(file: string, start: number): Promise<string> {
  return text(createReadStream(file, { start }));
}
