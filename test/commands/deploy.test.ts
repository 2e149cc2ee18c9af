import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { deploy } from '../../src/commands/deploy/deploy.ts';
import { readPackageArgument } from '../../src/commands/deploy/package-argument.ts';
import { promote } from '../../src/commands/deploy/promote.ts';
import { rollback } from '../../src/commands/deploy/rollback.ts';
import { status } from '../../src/commands/deploy/status.ts';
import type { Context } from '../../src/context.ts';
import { exitCodes, type Failure } from '../../src/failure.ts';
import { chartYaml } from '../../src/package/chart/chart-yaml.ts';
import { packChart } from '../../src/package/chart/pack-chart.ts';
import { openRegistry } from '../../src/registry/open-registry.ts';
import { writeFiles } from '../cells/gitops-files.ts';
import { createTestContext } from '../helpers/context.ts';
import { chartOf } from '../package/chart/charts.ts';
import { registryProgram, startRegistry } from '../registry/registry-server.ts';
import { useEnvironment } from './cell-environment.ts';

const changing = { dryRun: false, commit: false, plainHttp: false, output: 'json' } as const;
const deploying = { ...changing, set: [], delete: false, yes: false } as const;

const header = 'apiVersion: datakit.infoblox.dev/v1alpha1';
const cell = (name: string) => ({
  [`cells/${name}/cell.yaml`]: `${header}\nkind: Cell\nmetadata: {name: ${name}}\nspec: {namespace: dk-${name}}\n`,
  ...Object.fromEntries(
    ['warehouse', 'lake-raw'].map((store) => [
      `cells/${name}/stores/${store}.yaml`,
      `${header}\nkind: Store\nmetadata: {name: ${store}, namespace: dk-${name}}\nspec: {connector: x, connection: {a: b}}\n`,
    ]),
  ),
});

it.each([
  ['.', { folder: '.' }],
  ['./pg-to-s3', { folder: './pg-to-s3' }],
  ['examples/pg-to-s3', { folder: 'examples/pg-to-s3' }],
  ['pg-to-s3', { name: 'pg-to-s3', version: undefined }],
  ['pg-to-s3:1.2.4-g29aef01', { name: 'pg-to-s3', version: '1.2.4-g29aef01' }],
])('%s is a package', (text, meant) => expect(readPackageArgument(text)).toEqual(meant));

it.each(['', 'PG', 'pg:', 'pg:latest', 'pg:v1.0.0', 'oci://ghcr.io/team/pg', '-x'])('%j is no package', (text) => {
  expect(() => readPackageArgument(text)).toThrow(expect.objectContaining({ kind: 'usage' }));
});

describe.skipIf(!registryProgram)(`dk deploy${registryProgram ? '' : ' (there is no registry on PATH)'}`, () => {
  let server: Awaited<ReturnType<typeof startRegistry>>;
  const versions = ['1.0.0-g0000001', '1.1.0-g0000002'];

  beforeAll(async () => {
    server = await startRegistry();
    const registry = await openRegistry(createTestContext().context, server.host);
    for (const version of versions) {
      const chart = await chartOf('good-node', { version, image: 'registry.example.com/good-node:1' });
      await registry.push({ ...chart, ...(await packChart(chart)), config: chartYaml(chart) });
    }
  });
  afterAll(() => server?.close());

  /** A CM repo in Git, and commands in it. */
  async function cmRepo(files: Readonly<Record<string, string>>) {
    const folder = mkdtempSync(join(tmpdir(), 'dk-cm-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    await writeFiles(folder, files);
    const who = ['AUTHOR', 'COMMITTER'].flatMap((role) => [
      [`GIT_${role}_NAME`, 'Ada'],
      [`GIT_${role}_EMAIL`, 'ada@example.com'],
    ]);
    const env = {
      PATH: process.env['PATH'],
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      ...Object.fromEntries(who),
    };
    const git = (...args: readonly string[]) =>
      execFileSync('git', args, { cwd: folder, env, encoding: 'utf8' }).trim();
    git('init', '--quiet');
    const run = async (command: (context: Context) => Promise<void>) => {
      const { context, stdout, stderr } = createTestContext({ cwd: folder, env: { ...env, DK_REGISTRY: server.host } });
      const failure = await command(context).then(
        () => undefined,
        (error: unknown) => error as Failure,
      );
      return { failure, stderr: stderr(), result: failure ? undefined : JSON.parse(stdout()) };
    };
    const read = (file: string) => readFileSync(join(folder, file), 'utf8').trim();
    return { folder, git, run, read };
  }

  it('deploys the newest version, rolls back to the one before and promotes it, each in a commit of its own', async () => {
    const { git, run, read } = await cmRepo({ ...cell('canary'), ...cell('stable'), 'theirs.txt': 'staged' });
    git('add', 'theirs.txt');
    const committing = { ...deploying, commit: true, repo: '.', cell: 'canary' };
    await run((context) => deploy(context, `good-node:${versions[0]}`, { ...committing, set: ['timeout=5m'] }));
    const second = await run((context) => deploy(context, 'good-node', committing));
    expect(second.result).toMatchObject({ version: versions[1], previous: versions[0], cell: 'canary' });
    expect(read('apps/good-node-canary/values.yaml')).toContain('timeout: 5m');
    await run((context) => rollback(context, 'good-node', committing));
    expect(read('apps/good-node-canary/version.txt')).toBe(versions[0]);
    await run((context) => promote(context, 'good-node', { ...committing, from: 'canary', to: 'stable' }));
    expect(read('apps/good-node-stable/version.txt')).toBe(versions[0]);
    expect(read('apps/good-node-stable/values.yaml')).toMatch(/^cell: stable$[\s\S]*timeout: 5m/m);
    expect(git('log', '--format=%s').split('\n')).toEqual([
      `Deploy good-node ${versions[0]} to stable`,
      `Deploy good-node ${versions[0]} to canary`,
      `Deploy good-node ${versions[1]} to canary`,
      `Deploy good-node ${versions[0]} to canary`,
    ]);
    expect(git('status', '--short', 'theirs.txt', 'apps')).toBe('A  theirs.txt');
    const shown = await run((context) => status(context, { repo: '.', output: 'json', cell: 'stable' }));
    expect(shown.result.deployments).toMatchObject([{ package: 'good-node', version: versions[0], cell: 'stable' }]);
    const looks = [{ package: 'pg-to-s3' }, { package: 'good-nod' }, { cell: 'stabel' }];
    for (const look of looks) {
      const { failure } = await run((context) => status(context, { repo: '.', output: 'json', ...look }));
      expect(failure).toMatchObject({ kind: 'notFound' });
    }
  });

  it('writes nothing where it cannot commit, or where there is no repo', async () => {
    const { folder, run } = await cmRepo(cell('canary'));
    rmSync(join(folder, '.git'), { recursive: true });
    const to = (repo: string) => ({ ...deploying, repo, commit: true, cell: 'canary' });
    const refused = await run((context) => deploy(context, 'good-node', to('.')));
    expect(refused.failure).toMatchObject({ kind: 'prerequisite', next: [`git init ${folder}`, expect.anything()] });
    expect(existsSync(join(folder, 'apps'))).toBe(false);
    const absent = await run((context) => deploy(context, 'good-node', to('absent')));
    expect(absent.failure).toMatchObject({
      kind: 'notFound',
      next: [expect.anything(), 'Or begin one: git init absent'],
    });
    await run((context) => deploy(context, 'good-node', { ...to('.'), commit: false }));
    const { failure } = await run((context) => rollback(context, 'good-node', { ...to('.'), commit: false }));
    expect(failure?.next.at(-1)).toBe('dk rollback good-node --cell canary --to VERSION --repo .');
  });

  it('keeps what the cell that is promoted to says itself', async () => {
    const { run, read } = await cmRepo({ ...cell('canary'), ...cell('stable') });
    const to = (name: string, set: readonly string[]) => ({ ...deploying, repo: '.', cell: name, set });
    await run((context) => deploy(context, 'good-node', to('canary', ['timeout=5m'])));
    await run((context) => deploy(context, `good-node:${versions[0]}`, to('stable', ['timeout=9m'])));
    await run((context) => promote(context, 'good-node', { ...changing, repo: '.', from: 'canary', to: 'stable' }));
    expect(read('apps/good-node-stable/values.yaml')).toContain('timeout: 9m');
    expect(read('apps/good-node-stable/version.txt')).toBe(versions[1]);
  });

  it('says what is not there: the version, the package, the cell, the Stores', async () => {
    const { 'cells/canary/stores/warehouse.yaml': _, ...oneStore } = cell('canary');
    const { run } = await cmRepo(oneStore);
    const failureOf = async (what: string, name: string) =>
      (await run((context) => deploy(context, what, { ...deploying, repo: '.', cell: name }))).failure;
    const missing = [
      [await failureOf('good-node:9.0.0', 'canary'), `${server.host} has no good-node 9.0.0`],
      [await failureOf('good-nod', 'canary'), 'did you mean "good-node"?'],
      [await failureOf('good-node', 'canry'), 'did you mean "canary"?'],
      [await failureOf('good-node', 'canary'), 'cannot run in cell canary'],
    ] as const;
    for (const [failure, words] of missing) {
      expect(failure).toMatchObject({ kind: 'notFound', message: expect.stringContaining(words) });
    }
    expect(missing[3][0]?.why).toEqual(['Cell canary has no Store warehouse; it has lake-raw']);
  });

  it('says that nothing was checked where nobody knows the cells, and writes', async () => {
    const { run } = await cmRepo({});
    const { stderr, result } = await run((context) =>
      deploy(context, 'good-node', { ...deploying, repo: '.', cell: 'canary' }),
    );
    expect(stderr).toContain('was not checked');
    expect(result.changes).toHaveLength(2);
  });

  it('takes --set for values of a chart, null for none, and never cell or package', async () => {
    const { run, read } = await cmRepo(cell('canary'));
    const set = async (...settings: readonly string[]) =>
      (await run((context) => deploy(context, 'good-node', { ...deploying, repo: '.', cell: 'canary', set: settings })))
        .failure;
    expect(await set('schedule=0 */6 * * *', 'resources.requests.cpu=2', 'env[0].name=A', 'env[0].value=1')).toBe(
      undefined,
    );
    expect(read('apps/good-node-canary/values.yaml')).toContain(
      'schedule: 0 */6 * * *\nresources:\n  requests:\n    cpu: "2"',
    );
    expect(await set('resources=null')).toBe(undefined);
    expect(read('apps/good-node-canary/values.yaml')).not.toContain('resources:');
    expect(await set('timeuot=5m')).toMatchObject({ kind: 'usage', why: [expect.stringContaining('"timeout"')] });
    expect(await set('cell=stable')).toMatchObject({ kind: 'usage' });
  });

  it('takes a deployment away only when that is confirmed', async () => {
    const { run, git } = await cmRepo(cell('canary'));
    const flags = { ...deploying, repo: '.', cell: 'canary', commit: true };
    await run((context) => deploy(context, 'good-node', flags));
    const asked = await run((context) => deploy(context, 'good-node', { ...flags, delete: true }));
    expect(asked.failure?.kind).toBe('usage');
    const gone = await run((context) => deploy(context, 'good-node', { ...flags, delete: true, yes: true }));
    expect(gone.result.changes.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['deleted', 'deleted']);
    expect(git('ls-files')).toBe('');
    const again = await run((context) => deploy(context, 'good-node', { ...flags, delete: true, yes: true }));
    expect(again.failure).toMatchObject({ kind: 'notFound' });
  });
});

describe('deployments in an embedded environment', () => {
  const { run } = useEnvironment();

  it('need a cluster, and the way to one is told', async () => {
    const commands = [
      (context: Context) => deploy(context, 'good-node', { ...deploying, cell: 'canary' }),
      (context: Context) => status(context, { output: 'json' }),
      (context: Context) => rollback(context, 'good-node', { ...changing, cell: 'canary' }),
    ];
    for (const command of commands) {
      const { failure } = await run(command);
      expect(failure).toMatchObject({
        kind: 'prerequisite',
        next: expect.arrayContaining([expect.stringContaining('--engine k3d')]),
      });
    }
    expect(exitCodes.prerequisite).toBe(3);
  });
});
