import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { lintPackage } from '../../../src/lint/lint-package.ts';
import { initPackage } from '../../../src/package/init/init-package.ts';
import { templateRuntimes } from '../../../src/package/init/runtime.ts';
import { loadPackage } from '../../../src/package/load.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dk-init-'));
});
afterEach(() => rm(folder, { recursive: true }));

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => (error instanceof Failure ? error : expect.fail(String(error))),
  );

describe.each(templateRuntimes)('a new package for %s', (runtime) => {
  test('has neither errors nor warnings, and its name', async () => {
    const directory = join(folder, 'daily-orders');
    await initPackage({ directory, name: 'daily-orders', runtime });
    expect(await lintPackage(directory, { cwd: directory })).toEqual([]);
    const { package: written } = await loadPackage(directory, { cwd: directory });
    expect(written?.transform.value.metadata.name).toBe('daily-orders');
    expect(written?.transform.value.spec.runtime).toBe(`generic-${runtime}`);
  });

  test('consists of the files that it is said to consist of', async () => {
    const files = await initPackage({ directory: folder, name: 'orders', runtime });
    const found = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files).toEqual(found.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort());
    expect(files).toEqual(expect.arrayContaining(['.gitignore', 'README.md', 'dk.yaml', 'dataset/orders.yaml']));
  });

  test('keeps .env out of git and leaves no placeholder of the template behind', async () => {
    const files = await initPackage({ directory: folder, name: 'orders', runtime });
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    expect(texts.join('')).not.toContain('{{');
    expect(await readFile(join(folder, '.gitignore'), 'utf8')).toMatch(/^\.env$/m);
  });

  test('passes its own unit tests', async () => {
    await initPackage({ directory: folder, name: 'orders', runtime });
    const test = {
      node: [process.execPath, '--test'],
      python: ['python3', '-B', '-m', 'unittest', 'discover', '-s', 'tests'],
    };
    const [program = '', ...args] = test[runtime];
    const { exitCode, all } = await execa(program, args, { cwd: folder, all: true, reject: false });
    expect(all).toMatch(runtime === 'node' ? /pass 2/ : /Ran 2 tests/);
    expect(exitCode).toBe(0);
  });
});

test('without a name the package is called as its folder', async () => {
  const directory = join(folder, 'orders-2024');
  await initPackage({ directory, runtime: 'node' });
  expect(await readFile(join(directory, 'dk.yaml'), 'utf8')).toContain('name: orders-2024\n');
});

test.each(['2024', 'true', 'null', '1e3'])('the name %s stays a string in YAML', async (name) => {
  await initPackage({ directory: folder, name, runtime: 'python' });
  const { package: written } = await loadPackage(folder, { cwd: folder });
  expect(written?.transform.value.metadata.name).toBe(name);
});

test('a fresh git repository is an empty folder', async () => {
  await mkdir(join(folder, '.git'));
  await expect(initPackage({ directory: folder, name: 'orders', runtime: 'node' })).resolves.toContain('dk.yaml');
});

test('a folder that is not empty is refused with the names of what is in the way, and stays as it is', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await writeFile(join(folder, name), '');
  const failure = await failureOf(initPackage({ directory: folder, name: 'orders', runtime: 'node' }));
  expect(failure.kind).toBe('conflict');
  expect(failure.why).toEqual(['it holds a, b, c, d, e and 2 more']);
  expect(await readdir(folder)).toHaveLength(7);
});

test('a file where the folder would be is a conflict', async () => {
  await writeFile(join(folder, 'orders'), '');
  const failure = await failureOf(initPackage({ directory: join(folder, 'orders'), runtime: 'node' }));
  expect(failure.kind).toBe('conflict');
  expect(failure.next).toEqual(['Choose another name, or an empty folder']);
});

test('a folder that takes no new one is a prerequisite, with a place that does', async ({ skip }) => {
  skip(!existsSync('/proc/sys'), 'there is no /proc here');
  const failure = await failureOf(initPackage({ directory: '/proc/sys/orders', runtime: 'node' }));
  expect(failure.kind).toBe('prerequisite');
  expect(failure.next).toEqual(['Start dk init where you may write, such as: cd "$(mktemp -d)"']);
});

test.each([
  ['Orders', 'lower-case'],
  ['-orders', 'begins and ends'],
  ['../orders', 'lower-case'],
  ['', 'lower-case'],
  ['a--b', 'two hyphens'],
  ['a'.repeat(53), '53 characters'],
])('the name %j is refused, and nothing is written', async (name, why) => {
  const directory = join(folder, 'new');
  const failure = await failureOf(initPackage({ directory, name, runtime: 'node' }));
  expect(failure.kind).toBe('usage');
  expect(failure.why.join()).toContain(why);
  expect(await readdir(folder)).toEqual([]);
});

test('a runtime without a template is a usage failure that names those there are', async () => {
  const failure = await failureOf(initPackage({ directory: folder, name: 'orders', runtime: 'dbt' }));
  expect(failure.kind).toBe('usage');
  expect(failure.why.join()).toContain('node and python');
  expect(failure.next).toContain('dk init my-package --runtime python');
});

test('the S3 helper of the Python template is the one of the example', async () => {
  const files = ['src/package/init/templates/python/src/s3.py', 'examples/daily-summary/src/s3.py'];
  const [template, example] = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  expect(template).toBe(example);
});
