import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A tiny program, alone on a PATH that has just the system's own behind it, which remembers its arguments. */
export async function fakeProgram(name: string, body: string) {
  const folder = await mkdtemp(join(tmpdir(), 'dk-fake-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const log = join(folder, 'calls');
  await writeFile(join(folder, name), `#!/bin/sh\necho "$*" >> '${log}'\n${body}\n`, { mode: 0o755 });
  const calls = async () => (await readFile(log, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  return { program: { folder, calls }, PATH: `${folder}:/usr/bin:/bin` };
}
