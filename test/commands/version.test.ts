import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { entry, repository } from '../helpers/dk.ts';

const run = promisify(execFile);

async function versionOf(program: string): Promise<Record<string, unknown>> {
  const { stdout } = await run(process.execPath, [program, 'version', '-o', 'json']);
  return JSON.parse(stdout);
}

describe('dk version', () => {
  test('names the commit that it was built from', async ({ skip }) => {
    skip(!existsSync(join(repository, '.git')), 'this is no clone');
    const { commit } = await versionOf(entry);
    expect(commit).toMatch(/^[0-9a-f]{7,}$/);
    const type = execFileSync('git', ['cat-file', '-t', String(commit)], { cwd: repository, encoding: 'utf8' });
    expect(type).toBe('commit\n');
  });

  test('names none when it was built where git is absent', async () => {
    const folder = mkdtempSync(join(repository, 'node_modules/.cache/dk-without-git-'));
    try {
      await run(process.execPath, ['scripts/build.mjs', folder], { cwd: repository, env: { PATH: '' } });
      expect(await versionOf(join(folder, 'bin.js'))).toMatchObject({ commit: null, node: process.versions.node });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 120_000);
});
