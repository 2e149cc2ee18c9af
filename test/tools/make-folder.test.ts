import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeFolder } from '../../src/tools/make-folder.ts';

describe('makeFolder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dk-make-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('makes every folder that is missing, each with the mode', async () => {
    makeFolder(join(folder, 'a/b/c'), 0o700);
    const modes = await Promise.all(['a', 'a/b', 'a/b/c'].map(async (name) => (await stat(join(folder, name))).mode));
    expect(modes.map((mode) => mode & 0o777)).toEqual([0o700, 0o700, 0o700]);
  });

  test('leaves one that is there as it is, the root too', async () => {
    const { mode } = await stat(folder);
    makeFolder(folder, 0o777);
    expect((await stat(folder)).mode).toBe(mode);
    makeFolder('/');
  });

  test('does not take a file for a folder', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(() => makeFolder(join(folder, 'file'))).toThrow(/EEXIST/);
    expect(() => makeFolder(join(folder, 'file/a'))).toThrow(/ENOTDIR/);
  });

  test('ends where the file system says of new folders that there are none', ({ skip }) => {
    skip(!existsSync('/proc/sys'), 'there is no /proc here');
    expect(() => makeFolder('/proc/sys/a/b')).toThrow(/ENOENT/);
  });
});
