import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClusterHome, makeClusterHome, whyNoKubectl } from '../helpers/cluster-home.ts';
import { type Ran, repository } from '../helpers/dk.ts';
import { ranReal } from '../helpers/facts.ts';
import { query, recordsIn, s3Of, type Variables, variablesOf } from '../helpers/outside.ts';
import { helmProgram, registryProgram, startRegistry } from '../registry/registry-server.ts';
import { docker, whyNoCluster } from './cluster-place.ts';

const why =
  whyNoCluster() ??
  whyNoKubectl() ??
  (helmProgram ? undefined : 'there is no helm') ??
  (registryProgram ? undefined : 'there is no registry');

interface RunOfCluster {
  readonly name: string;
  readonly status: string;
}

describe.skipIf(why)(`a package on its way from a folder to a cell${why ? ` (${why})` : ''}`, () => {
  let home: ClusterHome;
  let registry: Awaited<ReturnType<typeof startRegistry>>;
  let folder: string;
  let repo: string;
  let first: string;
  let second: string;
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { env: gitEnv(), encoding: 'utf8' });
  const dk = async (...args: string[]): Promise<Ran> => {
    const ran = await home.dk(args, { cwd: folder, env: { DK_REGISTRY: registry.host, ...gitEnv() } });
    return ran.code === 0 ? ran : expect.fail(`dk ${args.join(' ')}: exit ${ran.code}\n${ran.stderr}${ran.stdout}`);
  };
  const json = async (...args: string[]) => JSON.parse((await dk(...args, '-o', 'json')).stdout);
  const deployment = () => JSON.parse(home.kubectl('get', 'pkgd', 'pg-to-s3', '-n', 'dk-canary', '-o', 'json'));
  const jobs = (): readonly RunOfCluster[] =>
    JSON.parse(home.kubectl('get', 'jobs', '-n', 'dk-canary', '-o', 'json')).items.map(
      ({ metadata, status }: { metadata: { name: string }; status: { conditions?: { type: string }[] } }) => ({
        name: metadata.name,
        status: status.conditions?.map(({ type }) => type).join(' ') ?? '',
      }),
    );
  const helm = (...args: string[]) =>
    execFileSync(helmProgram ?? '', [...args, '--kubeconfig', home.kubeconfigFile], {
      env: { PATH: process.env['PATH'], HOME: home.directory },
      encoding: 'utf8',
      stdio: 'pipe',
    });
  /** What ArgoCD does with a folder of the repo: renders the chart that it names with its values, and applies it. */
  const sync = () => {
    const app = join(repo, 'apps/pg-to-s3-canary');
    const version = readFileSync(join(app, 'version.txt'), 'utf8').trim();
    const chart = ['pg-to-s3', `oci://${registry.host}/pg-to-s3`, '--version', version, '--plain-http'];
    const rendered = helm('template', ...chart, '--values', join(app, 'values.yaml'));
    const file = join(home.directory, 'rendered.yaml');
    writeFileSync(file, rendered);
    home.kubectl('apply', '--server-side', '--field-manager=argocd-controller', '-f', file);
  };
  const observed = async (wanted: object) =>
    expect
      .poll(
        () => {
          const { metadata, status = {} } = deployment();
          return { ...status, current: status.observedGeneration === metadata.generation };
        },
        { timeout: 120_000, interval: 500, message: 'the controller has seen it' },
      )
      .toMatchObject({ current: true, ...wanted });

  beforeAll(async () => {
    home = makeClusterHome();
    registry = await startRegistry();
    folder = join(home.directory, 'pg-to-s3');
    repo = join(home.directory, 'cm-repo');
    mkdirSync(repo);
    cpSync(join(repository, 'examples/pg-to-s3'), folder, { recursive: true });
    // Its dependencies are those of the workspace.
    symlinkSync(join(repository, 'node_modules'), join(home.directory, 'node_modules'));
    git('init', '--quiet');
    commit('Copy events into the lake');
    await dk('dev', 'up', '--cell', 'canary');
    await dk('dev', 'seed', '--cell', 'canary');
    ranReal('helm', execFileSync(helmProgram ?? '', ['version', '--short'], { encoding: 'utf8' }).trim());
  });
  afterAll(async () => {
    await home?.close();
    await registry?.close();
    const images = docker('images', '--quiet', `${registry?.host}/pg-to-s3`);
    if (images !== '') docker('rmi', '--force', ...new Set(images.split('\n')));
  });
  function commit(message: string): void {
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '--message', message);
  }

  it('is built into a chart, and published once', async () => {
    const built = await json('build', '--registry', registry.host);
    first = built.package.version;
    expect(first).toMatch(/^1\.2\.4-g[0-9a-f]{7}$/);
    expect(await json('publish')).toMatchObject({ chart: { outcome: 'pushed' }, image: { outcome: 'pushed' } });
    expect(await json('publish')).toMatchObject({ chart: { outcome: 'unchanged' } });
  });

  it('is found, with what it reads and writes', async () => {
    const found = await dk('search', 'pg-to');
    expect(found.stdout).toMatch(new RegExp(`pg-to-s3\\s+${first}\\s+generic-node`));
    expect(found.stdout).toMatch(/raw-events.*lake-events/);
  });

  it('comes into its cell by the repo of deployments, and runs when it is asked to', async () => {
    await dk('deploy', `pg-to-s3:${first}`, '--cell', 'canary', '--repo', repo);
    sync();
    await observed({ phase: 'Ready' });
    expect(jobs()).toEqual([]);
    await bringImage(first);
    home.kubectl('annotate', 'pkgd', 'pg-to-s3', '-n', 'dk-canary', 'datakit.infoblox.dev/run-requested-at=1');
    await observed({ phase: 'Succeeded', lastRun: { status: 'Succeeded' } });
    expect(jobs()).toMatchObject([{ status: expect.stringContaining('Complete') }]);
    const variables: Variables = await variablesOf(home, 'canary', folder);
    const rows = await query(variables['DK_STORE_DSN_WAREHOUSE'] ?? '', 'SELECT event_id FROM raw_events');
    const records = await recordsIn(s3Of(variables), 'dk-canary-lake', 'events/');
    expect(rows.length).toBeGreaterThanOrEqual(1000);
    expect(ids(records)).toEqual(ids(rows));
  });

  it('is what plain kubectl shows of cells and deployments', async () => {
    const lines = home.kubectl('get', 'pkgd', '-A').trim().split('\n');
    expect(lines[0]?.split(/\s+/)).toEqual(['NAMESPACE', 'NAME', 'PACKAGE', 'VERSION', 'CELL', 'PHASE', 'AGE']);
    expect(lines[1]).toMatch(new RegExp(`^dk-canary\\s+pg-to-s3\\s+pg-to-s3\\s+${first}\\s+canary\\s+Succeeded`));
    await expect
      .poll(() => home.kubectl('get', 'cell', 'canary'), { timeout: 60_000, interval: 500 })
      .toMatch(/canary\s+dk-canary\s+true\s+2\s+1\s/);
    const { stdout } = await dk('status', 'pg-to-s3');
    expect(stdout).toMatch(new RegExp(`pg-to-s3\\s+${first}\\s+canary\\s+Succeeded`));
  });

  it('gets a schedule, and is suspended, by what the repo says', async () => {
    const values = join(repo, 'apps/pg-to-s3-canary/values.yaml');
    const before = readFileSync(values, 'utf8');
    writeFileSync(values, `${before.trimEnd()}\nschedule: "0 */6 * * *" # four times a day\n`);
    sync();
    await observed({ nextRun: expect.stringMatching(/T(00|06|12|18):00:00/) });
    expect(cronJobs()).toMatchObject([{ schedule: '0 */6 * * *', suspend: false }]);
    writeFileSync(values, `${readFileSync(values, 'utf8').trimEnd()}\nsuspend: true\n`);
    sync();
    await expect.poll(cronJobs, { timeout: 60_000, interval: 500 }).toMatchObject([{ suspend: true }]);
    await observed({});
    expect(deployment().status.nextRun).toBeUndefined();
  });

  it('moves to a new version, keeping what the repo says, and back', async () => {
    commit('Copy events anew');
    await dk('publish');
    second = (await json('search', 'pg-to-s3')).packages[0].version;
    expect(second).not.toBe(first);
    await dk('deploy', 'pg-to-s3', '--cell', 'canary', '--repo', repo);
    expect(readFileSync(join(repo, 'apps/pg-to-s3-canary/values.yaml'), 'utf8')).toContain('# four times a day');
    sync();
    await observed({});
    expect(deployment().spec.package.version).toBe(second);
    await dk('rollback', 'pg-to-s3', '--cell', 'canary', '--repo', repo, '--to', first);
    sync();
    await observed({});
    expect(deployment().spec.package.version).toBe(first);
  });

  it('leaves nothing when it is deleted', async () => {
    const owned = () =>
      home.kubectl('get', 'jobs,cronjobs,pods,secrets', '-n', 'dk-canary', '-o', 'name').match(/\S*pg-to-s3\S*/g) ?? [];
    expect(owned()).toEqual(expect.arrayContaining([expect.stringMatching(/^job/), expect.stringMatching(/^secret/)]));
    await dk('deploy', 'pg-to-s3', '--cell', 'canary', '--repo', repo, '--delete', '--yes');
    home.kubectl('delete', 'pkgd', 'pg-to-s3', '-n', 'dk-canary');
    await expect.poll(owned, { timeout: 120_000, interval: 500, message: 'its children are gone' }).toEqual([]);
    await expect.poll(() => home.kubectl('get', 'cell', 'canary'), { timeout: 60_000 }).toMatch(/\s2\s+0\s/);
  });

  it('is a chart that Helm installs and takes away', async () => {
    const chart = [`oci://${registry.host}/pg-to-s3`, '--version', second, '--plain-http', '--set', 'cell=canary'];
    helm('install', 'by-helm', ...chart, '--namespace', 'dk-canary');
    await observed({ phase: 'Ready' });
    expect(deployment().spec.package.version).toBe(second);
    helm('uninstall', 'by-helm', '--namespace', 'dk-canary', '--wait');
    expect(home.kubectl('get', 'pkgd', '-A', '-o', 'name')).toBe('');
  });

  it('is deployed straight from its folder, without a registry, and runs at once', async () => {
    await dk('deploy', '.', '--cell', 'canary', '--run');
    await observed({ phase: 'Succeeded' });
    await dk('deploy', 'pg-to-s3', '--cell', 'canary', '--delete', '--yes');
  });

  function cronJobs(): readonly { schedule: string; suspend: boolean }[] {
    const { items } = JSON.parse(home.kubectl('get', 'cronjobs', '-n', 'dk-canary', '-o', 'json'));
    return items.map(({ spec }: { spec: { schedule: string; suspend: boolean } }) => spec);
  }

  /** The registry listens on this machine's loopback, where no node of a cluster can pull from. */
  async function bringImage(version: string): Promise<void> {
    const server = `k3d-dk-${home.name}-server-0`;
    const image = JSON.parse(home.kubectl('get', 'pkgd', 'pg-to-s3', '-n', 'dk-canary', '-o', 'json')).spec.image;
    expect(image).toContain(`:${version}-`);
    execFileSync('sh', ['-c', 'docker save "$1" | docker exec -i "$0" ctr -n k8s.io images import -', server, image], {
      stdio: 'pipe',
    });
  }
});

function ids(records: readonly Record<string, unknown>[]): readonly unknown[] {
  return records.map((record) => record['event_id']).sort();
}

/** Nothing of the user's Git. */
function gitEnv(): Readonly<Record<string, string>> {
  const who = { NAME: 'Ada', EMAIL: 'ada@example.com' };
  return {
    PATH: process.env['PATH'] ?? '',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: who.NAME,
    GIT_AUTHOR_EMAIL: who.EMAIL,
    GIT_COMMITTER_NAME: who.NAME,
    GIT_COMMITTER_EMAIL: who.EMAIL,
  };
}
