import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createTestContext } from '../../helpers/context.ts';
import { fixture } from '../../lint/temporary.ts';

/** Nothing of the user's Git, and a commit that is the same one whenever it is made. */
const always = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_AUTHOR_DATE: '2026-11-23T03:09:14Z',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  GIT_COMMITTER_DATE: '2026-11-23T03:09:14Z',
};
const env = { PATH: process.env['PATH'], ...always };

/** A folder with a copy of a fixture in `packages/<fixture>`, gone after the test; in Git once `commit` is called. */
export function temporaryRepository(name = 'good-node') {
  const root = mkdtempSync(join(tmpdir(), 'dk-repository-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const directory = join(root, 'packages', name);
  cpSync(fixture(name), directory, { recursive: true });
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: root, env, encoding: 'utf8' }).trim();
  return {
    root,
    directory,
    git,
    /** Commits all there is and gives the commit. */
    commit(): string {
      git('init', '--quiet');
      git('add', '--all');
      git('commit', '--quiet', '--message', 'All of it');
      return git('rev-parse', 'HEAD');
    },
    write(path: string, text: string): void {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    },
  };
}

/** A context whose programs are those of the machine, and whose container engine is nowhere. */
export function buildContext(cwd: string, more: Readonly<Record<string, string>> = {}) {
  return createTestContext({ cwd, env: { ...env, DOCKER_HOST: `unix://${join(cwd, 'no-engine.sock')}`, ...more } });
}
