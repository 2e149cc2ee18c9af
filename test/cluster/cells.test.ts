import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKubernetesCells } from '../../src/cells/kubernetes.ts';
import { recordStatus } from '../../src/cells/kubernetes-status.ts';
import type { Kubernetes } from '../../src/tools/kubernetes.ts';
import { describeCellRepository } from '../cells/contract.ts';
import { cellOf, storeOf } from '../cells/manifests.ts';
import { type Home, makeHome } from '../helpers/dk.ts';
import { image, installCrds, noImage, startCluster, type TestCluster } from './kubernetes-cluster.ts';

const hasKubectl = isThere('kubectl');
let first: TestCluster;
let second: TestCluster;
let home: Home;

beforeAll(async () => {
  if (!image) return;
  home = makeHome();
  first = await startCluster(image);
  await installCrds(first);
});
afterAll(async () => {
  await home?.close();
  await Promise.all([first?.close(), second?.close()]);
});

const openFirst = () => openKubernetesCells({ kubernetes: first.kubernetes, where: 'the first cluster' });

if (image) {
  describeCellRepository('cells in a cluster', async () => ({
    cells: openFirst(),
    close: () => empty(first.kubernetes),
  }));
}

describe('cells in a cluster, seen from outside', () => {
  it('use a namespace that was there, and leave it with what others put into it', async ({ skip }) => {
    skip(!image, noImage);
    const { kubernetes } = first;
    const namespace = 'payments-team';
    await kubernetes.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await kubernetes.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'theirs', namespace } });
    const cells = openFirst();
    await cells.applyCell(cellOf('canary', { spec: { namespace } }));
    await cells.applyStore('canary', storeOf('warehouse'));
    await cells.secrets.set('canary', 'warehouse', { PG_PASS: 'x' });
    expect(await cells.deleteCell('canary')).toBe(true);
    expect(await kubernetes.list({ kind: 'Store', namespace })).toEqual([]);
    expect((await kubernetes.list({ kind: 'Secret', namespace })).map(({ metadata }) => metadata.name)).toEqual([
      'theirs',
    ]);
    expect(await kubernetes.get({ kind: 'Namespace', name: namespace })).toBeDefined();
  });

  it('are not emptied with another cell of the same namespace', async ({ skip }) => {
    skip(!image, noImage);
    const cells = openFirst();
    for (const name of ['canary', 'twin']) await cells.applyCell(cellOf(name, { spec: { namespace: 'dk-both' } }));
    await cells.applyStore('twin', storeOf('warehouse'));
    expect(await cells.deleteCell('canary')).toBe(true);
    expect(await cells.store('twin', 'warehouse')).toBeDefined();
    await empty(first.kubernetes);
  });

  it('keep what another tool owns: changing it is a conflict that names the owner', async ({ skip }) => {
    skip(!image || !hasKubectl, image ? 'there is no kubectl' : noImage);
    const cells = openFirst();
    await cells.applyCell(cellOf('canary'));
    kubectl(first, ['apply', '-f', '-'], storeYaml('dk-canary', 'kubectl-db'));
    const change = cells.applyStore('canary', storeOf('warehouse', { spec: { connection: { host: 'other' } } }));
    await expect(change).rejects.toMatchObject({
      kind: 'conflict',
      why: [expect.stringContaining('"kubectl-client-side-apply"')],
    });
    const forcing = openKubernetesCells({ kubernetes: first.kubernetes, where: 'ours', force: true });
    expect(await forcing.applyStore('canary', storeOf('warehouse', { spec: { connection: { host: 'other' } } }))).toBe(
      'changed',
    );
    await empty(first.kubernetes);
  });

  it('are what kubectl shows, in the columns of the CRDs, with the status that dk records once', async ({ skip }) => {
    skip(!image || !hasKubectl, image ? 'there is no kubectl' : noImage);
    const { kubernetes } = first;
    const probe = async (_: string, { metadata }: { metadata: { name: string } }) =>
      metadata.name === 'warehouse' ? { ready: true } : { ready: false, reason: 'nobody listens' };
    const place = { kubernetes, where: 'the first cluster', probe };
    const cells = openKubernetesCells(place);
    await cells.applyCell(cellOf('canary'));
    for (const name of ['warehouse', 'lake-raw']) await cells.applyStore('canary', storeOf(name));
    await recordStatus(place, 'canary', new Date());
    const lines = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/));
    const [head, row] = lines(kubectl(first, ['get', 'cells']));
    expect(head).toEqual(['NAME', 'NAMESPACE', 'READY', 'STORES', 'PACKAGES', 'AGE']);
    expect(row?.slice(0, 5)).toEqual(['canary', 'dk-canary', 'false', '2', '0']);
    const stores = lines(kubectl(first, ['get', 'stores', '-n', 'dk-canary']));
    expect(stores.map((line) => line.slice(0, 3))).toEqual([
      ['NAME', 'CONNECTOR', 'READY'],
      ['lake-raw', 'postgres', 'false'],
      ['warehouse', 'postgres', 'true'],
    ]);
    const versions = async () =>
      (await kubernetes.list({ kind: 'Store' })).map(({ metadata }) => metadata.resourceVersion);
    const before = await versions();
    await recordStatus(place, 'canary', new Date(Date.now() + 60_000));
    expect(await versions()).toEqual(before);
    expect((await cells.stores('canary'))[0]).toMatchObject({ ready: false, reason: 'nobody listens' });
    await empty(kubernetes);
  });

  it('of two clusters are never mixed up, by --context and with KUBECONFIG of several files', async ({ skip }) => {
    skip(!image, noImage);
    second = await startCluster(image ?? '');
    await installCrds(second);
    const env = {
      KUBECONFIG: [contextFile(first, 'eks-staging'), contextFile(second, 'arn:aws:eks:us-east-1:1:cluster/prod')].join(
        ':',
      ),
    };
    for (const { kubernetes } of [first, second]) {
      const cells = openKubernetesCells({ kubernetes, where: kubernetes.server });
      await cells.applyCell(cellOf('canary'));
      await cells.applyStore('canary', storeOf('warehouse', { spec: { connection: { host: kubernetes.server } } }));
    }
    for (const [context, { kubernetes }] of [
      ['eks-staging', first],
      ['arn:aws:eks:us-east-1:1:cluster/prod', second],
    ] as const) {
      const shown = await home.json(['cell', 'stores', 'canary', '--context', context], { env });
      expect(shown).toMatchObject({ stores: [{ name: 'warehouse', connection: { host: kubernetes.server } }] });
    }
    const deleted = await home.dk(['cell', 'delete', 'canary', '--yes', '--context', 'eks-staging'], { env });
    expect(deleted).toMatchObject({ code: 0 });
    expect(await first.kubernetes.get({ kind: 'Cell', name: 'canary' })).toBeUndefined();
    expect(await second.kubernetes.get({ kind: 'Store', name: 'warehouse', namespace: 'dk-canary' })).toBeDefined();
  });
});

describe('without a local environment', () => {
  const env = () => ({ KUBECONFIG: contextFile(first, 'eks-staging') });

  it('reading takes the current context and says so, and writing refuses', async ({ skip }) => {
    skip(!image, noImage);
    const list = await home.dk(['cell', 'list'], { env: env() });
    expect(list).toMatchObject({ code: 0, stderr: expect.stringContaining('context eks-staging') });
    expect(await home.dk(['cell', 'create', 'canary'], { env: env() })).toMatchObject({ code: 3 });
    expect(await openFirst().list()).toEqual([]);
  });

  it('an unknown context is told with those that there are', async ({ skip }) => {
    skip(!image, noImage);
    const { code, stderr } = await home.dk(['cell', 'list', '--context', 'eks-stagin'], { env: env() });
    expect(code).toBe(3);
    expect(stderr).toContain('did you mean "eks-staging"?');
  });

  it('a cell of tier prod is changed only when its name is repeated', async ({ skip }) => {
    skip(!image, noImage);
    await openFirst().applyCell(cellOf('us-east', { spec: { labels: { tier: 'prod' } } }));
    const remove = ['cell', 'delete', 'us-east', '--yes', '--context', 'eks-staging'];
    for (const more of [[], ['--confirm=eu-west']]) {
      const { code, stderr } = await home.dk([...remove, ...more], { env: env() });
      expect(code).toBe(2);
      expect(stderr).toContain('--confirm=us-east');
    }
    expect(await openFirst().get('us-east')).toBeDefined();
    expect(await home.dk([...remove, '--confirm=us-east'], { env: env() })).toMatchObject({ code: 0 });
    expect(await openFirst().get('us-east')).toBeUndefined();
  });
});

/** Removes what the tests made; namespaces stay for the next one, as ending takes each of them five seconds. */
async function empty(kubernetes: Kubernetes): Promise<void> {
  const ours = { 'app.kubernetes.io/managed-by': 'dk' };
  const found = await Promise.all([
    kubernetes.list({ kind: 'Cell' }),
    kubernetes.list({ kind: 'Store' }),
    kubernetes.list({ kind: 'Secret', labels: ours }),
    kubernetes.list({ kind: 'ConfigMap', labels: ours }),
  ]);
  for (const { kind, metadata } of found.flat()) {
    const { name, namespace } = metadata;
    await kubernetes.delete({ kind: kind as 'Cell', name, namespace });
  }
}

/** A kubeconfig file in which everything of a cluster has one name. */
function contextFile({ kubeconfig }: TestCluster, name: string): string {
  const file = join(home.directory, `${Buffer.from(name).toString('hex')}.yaml`);
  writeFileSync(
    file,
    kubeconfig.replaceAll(/(name|cluster|user|current-context): default/g, `$1: ${JSON.stringify(name)}`),
  );
  return file;
}

function kubectl({ kubeconfig }: TestCluster, args: readonly string[], input = ''): string {
  const file = join(home.directory, 'kubectl.yaml');
  writeFileSync(file, kubeconfig);
  return execFileSync('kubectl', ['--kubeconfig', file, ...args], { input, encoding: 'utf8' });
}

function isThere(program: string): boolean {
  try {
    execFileSync(program, ['--help'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function storeYaml(namespace: string, host: string): string {
  const { apiVersion, kind, spec } = storeOf('warehouse', { spec: { connection: { host } } });
  return JSON.stringify({ apiVersion, kind, metadata: { name: 'warehouse', namespace }, spec });
}
