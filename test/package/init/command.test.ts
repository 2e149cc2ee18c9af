import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { init } from '../../../src/commands/init.ts';
import type { Context } from '../../../src/context.ts';

let folder: string;
let cwd: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dk-init-'));
  cwd = join(folder, 'here');
  await mkdir(cwd);
});
afterEach(() => rm(folder, { recursive: true }));

async function runInit(options: Omit<Parameters<typeof init>[1], 'runtime'>): Promise<string> {
  const stdout = new PassThrough();
  const context: Context = {
    stdin: Readable.from([]),
    stdout,
    stderr: new PassThrough(),
    env: {},
    cwd,
    uid: undefined,
    program: 'npx dk',
    entry: '',
    node: process.execPath,
    secrets: { add: () => {}, redact: (text) => text },
    now: () => new Date(),
    signal: new AbortController().signal,
  };
  await init(context, { runtime: 'node', ...options });
  stdout.end();
  return text(stdout);
}

test('it makes a folder of the name, lists the files and says how to go on', async () => {
  const printed = await runInit({ name: 'orders', output: 'table' });
  expect(printed).toContain('  dk.yaml\n');
  expect(printed).toMatch(/\n {2}cd orders\n {2}npx dk dev up && npx dk dev seed && npx dk run\n$/);
  expect(await readFile(join(cwd, 'orders/dk.yaml'), 'utf8')).toContain('name: orders');
});

test('without a name it writes into the current folder, and nobody is sent elsewhere', async () => {
  expect(await runInit({ output: 'table' })).toMatch(/\nNext:\n {2}npx dk dev up && npx dk dev seed && npx dk run\n$/);
  expect(await readFile(join(cwd, 'dk.yaml'), 'utf8')).toContain('name: here');
});

test('as JSON it tells the folder and the files', async () => {
  const { kind, directory, files } = JSON.parse(await runInit({ name: 'orders', output: 'json' }));
  expect({ kind, directory }).toEqual({ kind: 'NewPackage', directory: join(cwd, 'orders') });
  expect(files).toContain('src/main.mjs');
});
