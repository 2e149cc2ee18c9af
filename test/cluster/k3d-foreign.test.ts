import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClusterHome, makeClusterHome } from '../helpers/cluster-home.ts';
import { repository } from '../helpers/dk.ts';
import { docker, whyNoCluster } from './cluster-place.ts';
import { startCluster, type TestCluster } from './kubernetes-cluster.ts';

const why = whyNoCluster();
const skipped = why ? ` (skipped: ${why})` : '';
const refused = { code: 5 };

describe.skipIf(why)(`a k3d environment whose name is somebody else's${skipped}`, () => {
  let home: ClusterHome;
  const users = () => join(home.directory, '.kube/config');
  const server = () => `k3d-dk-${home.name}-server-0`;

  beforeAll(async () => {
    home = makeClusterHome();
    await mkdir(join(home.directory, '.kube'));
    writeFileSync(users(), '# Nothing yet.\n');
  });
  afterAll(() => home?.close());

  /** Whatever bears the name stays as it is, nothing is made beside it, and the failure names it. */
  async function expectRefusals(part: string): Promise<void> {
    const before = home.inspected();
    for (const args of [['up'], ['down'], ['down', '--delete', '--yes']]) {
      const ran = await home.dk(['dev', ...args]);
      expect(ran, args.join(' ')).toMatchObject({ ...refused, stderr: expect.stringContaining(part) });
    }
    expect(home.inspected()).toBe(before);
    expect(readFileSync(users(), 'utf8')).toBe('# Nothing yet.\n');
    expect(existsSync(join(home.state, 'environments', home.name))).toBe(false);
  }

  it('leaves a cluster alone that k3d made by hand', async () => {
    const k3d = (...args: readonly string[]) => execFileSync('k3d', ['cluster', ...args], { stdio: 'pipe' });
    const quiet = ['--kubeconfig-update-default=false', '--wait=false', '--no-lb'];
    k3d('create', `dk-${home.name}`, '--image', process.env['DK_K3S_IMAGE'] ?? '', ...quiet);
    try {
      await expectRefusals(`container ${server()}`);
      expect(docker('inspect', '--format', '{{.State.Running}}', server())).toBe('true');
    } finally {
      k3d('delete', `dk-${home.name}`);
    }
  });

  it('leaves a container alone', async () => {
    docker('run', '--detach', '--name', server(), 'alpine:3', 'sleep', '600');
    try {
      await expectRefusals(`container ${server()}`);
    } finally {
      docker('rm', '--force', server());
    }
  });

  it.each([
    ['without labels', []],
    [
      'of another environment',
      [
        ...['--label', 'app.kubernetes.io/managed-by=dk'],
        ...['--label', 'datakit.infoblox.dev/environment=00000000-0000-4000-8000-000000000000'],
      ],
    ],
  ])('leaves a volume %s alone', async (_, labels) => {
    const volume = `dk-${home.name}-data`;
    docker('volume', 'create', ...labels, volume);
    try {
      await expectRefusals(`volume ${volume}`);
    } finally {
      docker('volume', 'rm', volume);
    }
  });

  it('makes nothing while its context leads to another server', async () => {
    const context = `k3d-dk-${home.name}`;
    pointUsersContext(users(), context);
    const before = readFileSync(users());
    const ran = await home.dk(['dev', 'up']);
    expect(ran).toMatchObject({ ...refused, stderr: expect.stringContaining('https://elsewhere.example:6443') });
    expect(home.inDocker()).toEqual([]);
    expect(await home.dk(['dev', 'down', '--delete', '--yes'])).toMatchObject({ code: 0 });
    expect(readFileSync(users()).equals(before)).toBe(true);
  });
});

describe.skipIf(why)(`what belongs to others beside a k3d environment${skipped}`, () => {
  let home: ClusterHome;
  let other: TestCluster;
  const context = () => `k3d-dk-${home.name}`;
  const users = () => join(home.directory, '.kube/config');

  beforeAll(async () => {
    home = makeClusterHome();
    const up = await home.dk(['dev', 'up']);
    expect(up.code, up.stderr).toBe(0);
  });
  afterAll(async () => {
    await other?.close();
    await home?.close();
  });

  it('is an environment of another home, which has the same name', async () => {
    const stranger = makeClusterHome(home.name);
    try {
      const before = [home.inspected(), versions(home)];
      for (const args of [['up'], ['up', '--no-merge'], ['down'], ['down', '--delete', '--yes']]) {
        const ran = await stranger.dk(['dev', ...args]);
        expect(ran, args.join(' ')).toMatchObject({ ...refused, stderr: expect.stringContaining(home.name) });
      }
      expect([home.inspected(), versions(home)]).toEqual(before);
      expect(existsSync(join(stranger.directory, '.kube'))).toBe(false);
      expect(existsSync(join(stranger.state, 'environments'))).toBe(false);
    } finally {
      await stranger.close();
    }
    expect((await home.dk(['dev', 'status'])).stdout).toContain('running');
  });

  it('is a cluster to which its own kubeconfig was pointed: nothing is written there', async () => {
    other = await startCluster(process.env['DK_K3S_IMAGE'] ?? '');
    const own = readFileSync(home.kubeconfigFile, 'utf8');
    const elsewhere = other.kubeconfig.replaceAll(/(?<=[ :-] ?)default$/gm, context());
    writeFileSync(home.kubeconfigFile, elsewhere);
    home.kubectl('create', '-f', join(repository, 'infra-manifests/crds'));
    home.kubectl('create', 'namespace', 'dk-local');
    const before = versions(home);
    for (const args of [
      ['cell', 'create', 'mine'],
      ['cell', 'secret', 'set', 'warehouse', 'PG_PASS'],
      ['cell', 'delete', 'local', '--yes'],
      ['dev', 'seed'],
      ['run', '--cell', 'local', '--launch', 'job'],
    ]) {
      const ran = await home.dk(args, { cwd: join(repository, 'examples/pg-to-s3'), input: 'secret' });
      expect(ran, args.join(' ')).toMatchObject({ ...refused, stderr: expect.stringContaining('leads to another') });
    }
    expect((await home.dk(['dev', 'down', '--delete', '--cell', 'local', '--yes'])).code).not.toBe(0);
    expect(versions(home)).toBe(before);

    const up = await home.dk(['dev', 'up', '--cell', 'canary']);
    expect(up.code, up.stderr).toBe(0);
    expect(readFileSync(home.kubeconfigFile, 'utf8')).toBe(own);
    expect(home.kubectl('get', 'cells', '-o', 'name').trim().split('\n')).toHaveLength(2);
    writeFileSync(home.kubeconfigFile, elsewhere);
    expect(versions(home)).toBe(before);
  });

  it.each([
    ['has only contexts of others', () => other.kubeconfig],
    ['is no kubeconfig', () => '{'],
    ['is empty', () => ''],
  ])('is not spoken to when its own kubeconfig %s', async (_, text) => {
    writeFileSync(home.kubeconfigFile, text());
    const up = await home.dk(['dev', 'up']);
    expect(up.code, up.stderr).toBe(0);
    expect(home.kubectl('get', 'cells', '-o', 'name')).toContain('canary');
  });

  it('is a server to which the user pointed its context', async () => {
    const before = [home.inspected(), versions(home)];
    pointUsersContext(users(), context());
    const file = readFileSync(users());
    const ran = await home.dk(['dev', 'up']);
    expect(ran).toMatchObject({ ...refused, stderr: expect.stringContaining('https://elsewhere.example:6443') });
    expect([home.inspected(), versions(home)]).toEqual(before);
    expect(readFileSync(users()).equals(file)).toBe(true);

    expect(await home.dk(['dev', 'up', '--no-merge'])).toMatchObject({ code: 0 });
    expect(await home.dk(['dev', 'down', '--delete', '--yes'])).toMatchObject({ code: 0 });
    expect(home.inDocker()).toEqual([]);
    expect(readFileSync(users()).equals(file)).toBe(true);
  });
});

function pointUsersContext(file: string, context: string): void {
  const kubectl = (...args: readonly string[]) =>
    execFileSync('kubectl', ['--kubeconfig', file, 'config', ...args], { stdio: 'pipe' });
  kubectl('set-cluster', context, '--server=https://elsewhere.example:6443');
  kubectl('set-context', context, `--cluster=${context}`, `--user=${context}`);
}

/** What dk could have written, in the cluster that the own kubeconfig names. */
function versions(home: ClusterHome): string {
  const kinds = 'namespaces,crd,secrets,configmaps,jobs,statefulsets,services,pv,cells,stores';
  const columns =
    'custom-columns=K:.kind,N:.metadata.namespace,M:.metadata.name,U:.metadata.uid,F:.metadata.managedFields[*].manager';
  return home.kubectl('get', kinds, '--all-namespaces', '--output', columns);
}
