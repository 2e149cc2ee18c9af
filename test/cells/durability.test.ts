import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bundleProgram } from '../helpers/bundle.ts';
import { cellOf, storeOf } from './manifests.ts';
import { openTemporary } from './temporary.ts';

let writer: Awaited<ReturnType<typeof bundleProgram>>;
let at: Awaited<ReturnType<typeof openTemporary>>;
beforeAll(async () => {
  writer = await bundleProgram(join(import.meta.dirname, 'writer-program.ts'));
});
afterAll(() => writer.close());
beforeEach(async () => {
  at = await openTemporary();
});
afterEach(() => at.close());

test('a process killed in the middle of writing leaves whole files only, and nothing in the way of the next', async () => {
  await at.cells.applyCell(cellOf('canary'));
  for (let round = 0; round < 4; round += 1) {
    const child = startWriter();
    await linesOf(child, 2 + round).finally(() => kill(child));
    const connection = (await at.cells.store('canary', 'warehouse'))?.spec.connection;
    expect(connection?.first).toBe(connection?.last);
    const secret = await at.cells.secrets.read('canary', 'warehouse');
    expect(secret?.FIRST).toBe(secret?.LAST);
    expect(secret?.FIRST).toBeDefined();
  }
  expect(await at.cells.applyStore('canary', storeOf('afterwards'))).toBe('created');
  expect(await at.cells.deleteCell('canary')).toBe(true);
  expect(await readdir(at.root, { recursive: true })).toEqual(['secrets']);
});

test('two processes that write at once, and a third, lose no key', async () => {
  await at.cells.applyCell(cellOf('canary'));
  const children = [startWriter(), startWriter()];
  try {
    await Promise.all(children.map((child) => linesOf(child, 2)));
    const keys = Array.from({ length: 5 }, (_, index) => `KEY_${index}`);
    for (const key of keys) await at.cells.secrets.set('canary', 'warehouse', { [key]: key });
    await Promise.all(children.map((child) => linesOf(child, 3)));
    expect(Object.keys((await at.cells.secrets.read('canary', 'warehouse')) ?? {})).toEqual(
      expect.arrayContaining(keys),
    );
  } finally {
    await Promise.all(children.map(kill));
  }
});

function startWriter(): ChildProcess {
  const args = [writer.program, at.directory, at.secretsDirectory];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function linesOf({ stdout }: ChildProcess, count: number): Promise<void> {
  if (!stdout) throw new Error('the writer has no output');
  const lines = createInterface({ input: stdout });
  try {
    for (let seen = 0; seen < count; seen += 1) await once(lines, 'line');
  } finally {
    lines.close();
  }
}
