import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Overrides } from '../../../src/release/deploy/deployments.ts';
import { openRepo } from '../../../src/release/deploy/repo.ts';
import { createTestContext } from '../../helpers/context.ts';
import { temporaryFolder } from '../../lint/temporary.ts';
import { chartOf } from '../../package/chart/charts.ts';

const folderOfApp = 'apps/good-node-canary';

async function repoOf(files: Readonly<Record<string, string>> = {}) {
  const folder = await temporaryFolder(files);
  const { context } = createTestContext({ cwd: folder, env: { PATH: process.env['PATH'] } });
  const repo = openRepo(context, folder);
  const read = (file: string) => readFileSync(join(folder, folderOfApp, file), 'utf8');
  const put = async (version: string, overrides: Overrides = {}, dryRun = false) => {
    const chart = await chartOf('good-node', { version });
    const release = { chart, registry: 'localhost:5000/team', digest: 'sha256:1' };
    return repo.put({ release, cell: 'canary', overrides }, { dryRun });
  };
  return { folder, repo, read, put };
}

describe('a deployment in a CM repo', () => {
  it('is a version and values: the cell, the package, and what differs from it', async () => {
    const { put, read } = await repoOf();
    expect(await put('1.2.4-g29aef01', { schedule: '0 */6 * * *' })).toEqual([
      { what: `${folderOfApp}/version.txt`, outcome: 'created' },
      { what: `${folderOfApp}/values.yaml`, outcome: 'created' },
    ]);
    expect(read('version.txt')).toBe('1.2.4-g29aef01\n');
    expect(read('values.yaml').replace(/^#.*\n|^\n/gm, '')).toBe(
      'cell: canary\npackage:\n  name: good-node\n  registry: localhost:5000/team\n  version: 1.2.4-g29aef01\nschedule: 0 */6 * * *\n',
    );
  });

  it('keeps comments, keys without a value, and the order of a file that people have written', async () => {
    const written = [
      '# of the data team',
      'resources: # asked for by Jane',
      '  requests:',
      '    cpu: 200m # was 100m',
      'cell: canary',
      '# Optional overrides:',
      'env:',
      '# schedule: "0 */6 * * *"',
      '',
    ].join('\n');
    const { put, repo, read } = await repoOf({
      [`${folderOfApp}/values.yaml`]: written,
      [`${folderOfApp}/version.txt`]: '1.2.3\n',
    });
    const found = await repo.find('good-node', 'canary');
    expect(found).toMatchObject({ version: '1.2.3', overrides: { resources: { requests: { cpu: '200m' } } } });
    await put('1.2.4', found?.overrides);
    const reference = 'package:\n  name: good-node\n  registry: localhost:5000/team\n  version: 1.2.4\n';
    expect(read('values.yaml')).toBe(written + reference);
    expect(await repo.find('good-node', 'canary')).toMatchObject({ version: '1.2.4', registry: 'localhost:5000/team' });
  });

  it('keeps the comments, if not their lines, of values that cannot grow line by line', async () => {
    const { put, read } = await repoOf({
      [`${folderOfApp}/values.yaml`]: '{cell: canary, # the first\n  timeout: 5m}\n# the end\n',
    });
    await put('1.2.4', { timeout: '6m' });
    const text = read('values.yaml');
    for (const part of ['# the first', '# the end', '6m', 'good-node', '1.2.4']) expect(text).toContain(part);
  });

  it('changes by one word in each file when only the version is another', async () => {
    const written = `cell:   canary   # not stable\npackage: {name: good-node, registry: 'localhost:5000/team', version: "1.2.3"}\nresources: # by Jane\n    limits: {cpu: 1e3m}\nenv: [ ]\n`;
    const { put, repo, read } = await repoOf({
      [`${folderOfApp}/values.yaml`]: written,
      [`${folderOfApp}/version.txt`]: '1.2.3',
    });
    await put('1.2.4', (await repo.find('good-node', 'canary'))?.overrides);
    expect(read('values.yaml')).toBe(written.replace('1.2.3', '1.2.4'));
  });

  it('is not written when nothing differs, nor by a dry run', async () => {
    const { put, folder } = await repoOf();
    expect((await put('1.2.4', {}, true)).map(({ outcome }) => outcome)).toEqual(['created', 'created']);
    expect(existsSync(join(folder, 'apps'))).toBe(false);
    await put('1.2.4');
    expect((await put('1.2.4')).map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged']);
  });

  it('never takes over a folder that is of another package or cell', async () => {
    // Package good, cell node-canary.
    const { put, repo } = await repoOf({
      [`${folderOfApp}/values.yaml`]: 'cell: node-canary\npackage: {name: good}\n',
      [`${folderOfApp}/version.txt`]: '1.0.0\n',
    });
    await expect(put('1.2.4')).rejects.toMatchObject({
      kind: 'conflict',
      why: [expect.stringContaining('good in cell')],
    });
    await expect(repo.remove('good-node', 'canary')).rejects.toMatchObject({ kind: 'conflict' });
    expect(await repo.find('good', 'node-canary')).toMatchObject({ version: '1.0.0' });
  });

  it('with errors is left alone until they are mended', async () => {
    const { put } = await repoOf({ [`${folderOfApp}/values.yaml`]: 'cell: canary\nshedule: "@daily"\n' });
    await expect(put('1.2.4')).rejects.toMatchObject({
      kind: 'invalid',
      why: expect.arrayContaining([expect.stringContaining('did you mean "schedule"?')]),
    });
  });

  it('whose files disagree about the version tells so, and is whole again when it is deployed anew', async () => {
    const { put, repo, folder } = await repoOf();
    await put('1.2.4');
    writeFileSync(join(folder, folderOfApp, 'version.txt'), '1.2.5\n');
    const doubt = 'version.txt says 1.2.5, and values.yaml says 1.2.4';
    expect(await repo.find('good-node', 'canary')).toMatchObject({ doubt });
    expect(await repo.list()).toMatchObject([
      { package: 'good-node', cell: 'canary', version: '1.2.5', reason: doubt },
    ]);
    await put('1.2.6');
    expect((await repo.find('good-node', 'canary'))?.doubt).toBeUndefined();
  });

  it('goes with its folder, unless somebody has put something else there', async () => {
    const { put, repo, folder } = await repoOf();
    await put('1.2.4');
    await repo.remove('good-node', 'canary');
    expect(existsSync(join(folder, folderOfApp))).toBe(false);
    await put('1.2.4');
    writeFileSync(join(folder, folderOfApp, 'README.md'), 'why it is here\n');
    expect(await repo.remove('good-node', 'canary')).toHaveLength(2);
    expect(existsSync(join(folder, folderOfApp, 'README.md'))).toBe(true);
    expect(await repo.remove('good-node', 'canary')).toEqual([]);
  });

  it('remembers in Git what it was, newest first', async () => {
    const { put, repo, folder } = await repoOf();
    expect(await repo.history('good-node', 'canary')).toEqual([]);
    const env = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], { cwd: folder, env });
    git('init', '--quiet');
    for (const version of ['1.0.0', '1.1.0']) {
      await put(version);
      git('add', '--all');
      git('commit', '--quiet', '--message', version);
      // A change of the values alone is no other version.
      await put(version, { timeout: '5m' });
      git('commit', '--quiet', '--all', '--message', 'timeout');
    }
    await put('1.2.0');
    const history = await repo.history('good-node', 'canary');
    expect(history.map(({ version }) => version)).toEqual(['1.2.0', '1.1.0', '1.0.0']);
    expect(history.map(({ at }) => at?.getTime() ?? 0)[2]).toBeGreaterThan(0);
  });
});
