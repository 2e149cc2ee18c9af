import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderCommit } from '../../src/tools/git.ts';
import { buildContext, temporaryRepository } from '../release/build/repository.ts';

const nothing = { except: [], needed: [] };

test('a folder has the commit that HEAD is, and when that was made', async () => {
  const { directory, root, commit } = temporaryRepository();
  const head = commit();
  expect(await folderCommit(buildContext(root).context, directory, nothing)).toEqual({
    found: true,
    commit: head,
    committedAt: new Date('2026-11-23T03:09:14Z'),
    changed: [],
    remote: undefined,
  });
});

test('only changes below the folder count: edited, deleted, staged and untracked files, with any name', async () => {
  const { directory, root, commit, write, git } = temporaryRepository();
  commit();
  writeFileSync(join(root, 'elsewhere.txt'), '');
  write('dk.yaml', '# edited');
  write('notes/zwölf "Zeilen".txt', '');
  write('src/staged.mjs', '');
  git('add', 'packages/good-node/src/staged.mjs');
  rmSync(join(directory, 'store/lake-raw.yaml'));
  write('dist/chart/made.tgz', '');
  const found = await folderCommit(buildContext(root).context, directory, { except: ['dist/chart'], needed: [] });
  expect(found).toMatchObject({
    changed: ['dk.yaml', 'notes/zwölf "Zeilen".txt', 'src/staged.mjs', 'store/lake-raw.yaml'],
  });
});

test('what Git ignores is no change, unless it is needed', async () => {
  const { directory, root, commit, write } = temporaryRepository();
  write('.gitignore', 'node_modules/\ndataset/late.yaml\n');
  commit();
  write('node_modules/x/index.js', '');
  write('dataset/late.yaml', '');
  const { context } = buildContext(root);
  expect(await folderCommit(context, directory, nothing)).toMatchObject({ changed: [] });
  const needed = ['dataset/orders.yaml', 'dataset/late.yaml'];
  expect(await folderCommit(context, directory, { except: [], needed })).toMatchObject({
    changed: ['dataset/late.yaml'],
  });
});

test('a remote is told without the login in it', async () => {
  const { directory, root, commit, git } = temporaryRepository();
  commit();
  const remoteAs = async (url: string) => {
    git('config', 'remote.origin.url', url);
    const found = await folderCommit(buildContext(root).context, directory, nothing);
    return found.found ? found.remote : found.why;
  };
  expect(await remoteAs('https://ada:hunter2@example.com/team/repo.git')).toBe('https://example.com/team/repo.git');
  expect(await remoteAs('git@example.com:team/repo.git')).toBe('git@example.com:team/repo.git');
});

test('why there is no commit is told: no repository, none in it, no program', async () => {
  const { directory, root, git } = temporaryRepository();
  const why = async (more: Readonly<Record<string, string>> = {}) =>
    folderCommit(buildContext(root, { GIT_CEILING_DIRECTORIES: root, ...more }).context, directory, nothing);
  expect(await why()).toEqual({ found: false, why: 'it is in no Git repository' });
  git('init', '--quiet');
  expect(await why({ GIT_CEILING_DIRECTORIES: '' })).toEqual({ found: false, why: 'its repository has no commit' });
  expect(await why({ PATH: root })).toEqual({ found: false, why: 'there is no program git on PATH' });
});

test('a repository that Git itself refuses to look at is an error in its words, and not a missing one', async () => {
  const { directory, root, commit } = temporaryRepository();
  commit();
  writeFileSync(join(root, '.git/config'), '[core\n');
  await expect(folderCommit(buildContext(root).context, directory, nothing)).rejects.toThrow(
    /failed with exit code 128/,
  );
});

test('the variables of a hook do not lead to another repository', async () => {
  const { directory, root, commit } = temporaryRepository();
  const head = commit();
  const { context } = buildContext(root, {
    GIT_DIR: '/nowhere',
    GIT_WORK_TREE: '/nowhere',
    GIT_INDEX_FILE: '/nowhere',
  });
  expect(await folderCommit(context, directory, nothing)).toMatchObject({ commit: head, changed: [] });
});
