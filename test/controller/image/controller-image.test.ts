import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { controllerImage, controllerReference } from '../../../src/controller/image/controller-image.ts';
import { formatDockerfile } from '../../../src/launch/image/dockerfile.ts';
import { openJsonMemory } from '../../../src/tools/json-memory.ts';

const folders: string[] = [];
let entry: string;

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'dk-controller-image-'));
  folders.push(folder);
  entry = join(folder, 'dist/bin.js');
  write('bin.js', 'bin');
  write('package.json', '{}');
  write('chunks/one.js', 'one');
  write('chunks/templates/common/dk.yaml', 'of dk init');
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  const file = join(dirname(entry), path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

test("the controller's image holds the built program, and not what dk init copies", async () => {
  const { recipe } = await controllerImage({ entry });
  expect(recipe.source.map(({ path }) => path)).toEqual([
    '/opt/dk/bin.js',
    '/opt/dk/chunks/one.js',
    '/opt/dk/package.json',
  ]);
});

test("the controller's image starts the controller, as a user who is not root", async () => {
  const { recipe } = await controllerImage({ entry });
  const lines = formatDockerfile(recipe).split('\n');
  expect(lines[0]).toBe('FROM node:24-slim');
  expect(lines).toContain('USER 1000:1000');
  expect(lines).toContain('ENTRYPOINT ["node","/opt/dk/bin.js","controller"]');
});

test('its name changes with what is in it, and only then', async () => {
  const { reference } = await controllerImage({ entry });
  expect(reference).toMatch(/^dk-controller:[\w.-]+-[0-9a-f]{12}$/);
  write('chunks/templates/common/dk.yaml', 'another');
  expect((await controllerImage({ entry })).reference).toBe(reference);
  write('chunks/one.js', 'two');
  expect((await controllerImage({ entry })).reference).not.toBe(reference);
});

test('a link to the program, as npm makes them, leads to it', async () => {
  const link = join(dirname(dirname(entry)), 'dk');
  symlinkSync(entry, link);
  expect(await controllerImage({ entry: link })).toEqual(await controllerImage({ entry }));
});

test('of a program that runs from its source there is none, and the error says how to build it', async () => {
  await expect(controllerImage({ entry: '/somewhere/src/bin.ts' })).rejects.toMatchObject({
    kind: 'prerequisite',
    message: "The controller's image cannot be made",
  });
});

test('its name is remembered as long as the program is the same', async () => {
  const memory = openJsonMemory(join(dirname(dirname(entry)), 'parsed'));
  const { reference } = await controllerImage({ entry });
  expect(await controllerReference({ entry }, memory)).toBe(reference);
  expect(await controllerReference({ entry }, memory)).toBe(reference);
  write('chunks/two.js', 'two');
  const other = await controllerReference({ entry }, memory);
  expect(other).not.toBe(reference);
  expect(other).toBe((await controllerImage({ entry })).reference);
});
