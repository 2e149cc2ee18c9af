import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKubernetesCells } from '../../src/cells/kubernetes.ts';
import { runRequestedAnnotation } from '../../src/manifest/run-requested.ts';
import { openCluster } from '../../src/release/deploy/cluster.ts';
import type { Overrides } from '../../src/release/deploy/deployments.ts';
import { requestRun } from '../../src/release/deploy/request-run.ts';
import { requireStores } from '../../src/release/deploy/require-stores.ts';
import type { Kubernetes, KubernetesObject } from '../../src/tools/kubernetes.ts';
import { cellOf, storeOf } from '../cells/manifests.ts';
import { chartOf } from '../package/chart/charts.ts';
import { image, installCrds, noImage, startCluster, type TestCluster } from './kubernetes-cluster.ts';

let cluster: TestCluster;

beforeAll(async () => {
  if (!image) return;
  cluster = await startCluster(image);
  await installCrds(cluster);
  await openCells().applyCell(cellOf('canary'));
  await openCells().applyCell(cellOf('stable', { spec: { namespace: 'payments' } }));
});
afterAll(() => cluster?.close());

const openCells = () => openKubernetesCells({ kubernetes: cluster.kubernetes, where: 'the cluster' });
const open = (force = false) =>
  openCluster({ kubernetes: cluster.kubernetes, cells: openCells(), force, now: () => new Date() });

async function put(version: string, cell = 'canary', overrides: Overrides = {}, dryRun = false) {
  const chart = await chartOf('good-node', { version, image: 'registry.example.com/good-node:1' });
  const release = { chart, registry: 'registry.example.com', digest: 'sha256:1' };
  return open().put({ release, cell, overrides }, { dryRun });
}

const found = (kubernetes: Kubernetes, namespace = 'dk-canary') =>
  kubernetes.get<KubernetesObject & { spec: { package: object; cell: string; timeout?: string } }>({
    kind: 'PackageDeployment',
    name: 'good-node',
    namespace,
  });

describe('a deployment straight into a cluster', () => {
  const what = 'PackageDeployment good-node in namespace dk-canary';

  it('is made once, keeps what it says, and is found again', async ({ skip }) => {
    skip(!image, noImage);
    expect(await put('1.0.0', 'canary', {}, true)).toEqual([{ what, outcome: 'created' }]);
    expect(await found(cluster.kubernetes)).toBeUndefined();
    expect(await put('1.0.0', 'canary', { timeout: '5m' })).toEqual([{ what, outcome: 'created' }]);
    expect(await put('1.0.0', 'canary', { timeout: '5m' })).toEqual([{ what, outcome: 'unchanged' }]);
    const { spec } = (await found(cluster.kubernetes)) ?? {};
    expect(spec).toMatchObject({
      package: { name: 'good-node', version: '1.0.0', registry: 'registry.example.com', digest: 'sha256:1' },
      cell: 'canary',
      timeout: '5m',
    });
    expect(await open().find('good-node', 'canary')).toMatchObject({ version: '1.0.0', overrides: { timeout: '5m' } });
    expect(await open().find('good-node', 'stable')).toBeUndefined();
  });

  it('shows that no controller has seen it, and what one says once it has', async ({ skip }) => {
    skip(!image, noImage);
    const first = await open().list();
    expect(first).toMatchObject([{ package: 'good-node', cell: 'canary', reason: 'no controller has seen it yet' }]);
    const seen = await found(cluster.kubernetes);
    const status = {
      phase: 'Failed',
      observedGeneration: seen?.metadata.generation,
      lastRun: { id: 'good-node-1', status: 'Failed', startTime: '2026-11-23T03:09:14Z' },
      conditions: [
        {
          type: 'Ready',
          status: 'False',
          reason: 'StoreMissing',
          message: 'Store warehouse is not there',
          lastTransitionTime: '2026-11-23T03:09:14Z',
        },
      ],
    };
    const { apiVersion = '', kind = '' } = seen ?? {};
    const metadata = { name: 'good-node', namespace: 'dk-canary' };
    await cluster.kubernetes.applyStatus({ apiVersion, kind, metadata, status } as KubernetesObject);
    expect(await open().list()).toMatchObject([
      { phase: 'Failed', reason: 'StoreMissing: Store warehouse is not there', lastRun: { status: 'Failed' } },
    ]);
  });

  it('keeps its releases as ControllerRevisions, newest first, each once, and no more than ten', async ({ skip }) => {
    skip(!image, noImage);
    for (const version of ['1.1.0', '1.2.0', '1.0.0']) await put(version);
    const versions = async () => (await open().history('good-node', 'canary')).map(({ version }) => version);
    expect(await versions()).toEqual(['1.0.0', '1.2.0', '1.1.0']);
    const [, previous] = await open().history('good-node', 'canary');
    expect(previous?.release?.chart).toEqual(
      await chartOf('good-node', { version: '1.2.0', image: 'registry.example.com/good-node:1' }),
    );
    for (let patch = 1; patch <= 10; patch += 1) await put(`2.0.${patch}`);
    expect(await versions()).toEqual(Array.from({ length: 10 }, (_, at) => `2.0.${10 - at}`));
  });

  it('keeps the request of a run through the next deployment, and asks anew each time', async ({ skip }) => {
    skip(!image, noImage);
    const requested = async () => (await found(cluster.kubernetes))?.metadata.annotations?.[runRequestedAnnotation];
    const metadata = { name: 'good-node', namespace: 'dk-canary' };
    await requestRun(cluster.kubernetes, metadata, new Date('2026-11-23T03:00:00Z'));
    await put('2.1.0');
    expect(await requested()).toBe('2026-11-23T03:00:00.000Z');
    await requestRun(cluster.kubernetes, metadata, new Date('2026-11-23T04:00:00Z'));
    expect(await requested()).toBe('2026-11-23T04:00:00.000Z');
  });

  it('says in one Failure which Stores, of its own and of other cells, are missing', async ({ skip }) => {
    skip(!image, noImage);
    const chart = await chartOf('good-node', { version: '1.0.0' });
    const place = { cells: openCells(), cellsIn: 'cluster' } as const;
    const stores = chart.files.flatMap(({ path, text }) =>
      path.startsWith('dataset/') ? [/store: (\S+)/.exec(text)?.[1] ?? ''] : [],
    );
    const names = [...new Set(stores)];
    await expect(requireStores(chart, 'canary', place, 'dk')).rejects.toMatchObject({
      kind: 'notFound',
      why: [names.reduce((_, name) => expect.stringContaining(name), '')],
    });
    for (const name of names) await openCells().applyStore('canary', storeOf(name));
    await requireStores(chart, 'canary', place, 'dk');
    const across = {
      ...chart,
      files: chart.files.map((file) =>
        file.path === 'dk.yaml'
          ? { ...file, text: file.text.replace(/(- dataset: \S+)/, '$1\n      cell: us-east') }
          : file,
      ),
    };
    await expect(requireStores(across, 'canary', place, 'dk')).rejects.toMatchObject({
      why: [expect.stringContaining('There is no cell us-east in the cluster')],
    });
  });

  it('is refused where another owner has its fields, and taken over only in an environment of ours', async ({
    skip,
  }) => {
    skip(!image, noImage);
    const deployment = await found(cluster.kubernetes);
    const reference = { kind: 'PackageDeployment', name: 'good-node', namespace: 'dk-canary' } as const;
    const { apiVersion = '', kind = '' } = deployment ?? {};
    const theirs = {
      apiVersion,
      kind,
      metadata: { name: 'good-node', namespace: 'dk-canary' },
      spec: { timeout: '9m' },
    };
    await cluster.kubernetes.write(theirs as KubernetesObject, { manager: 'argocd-controller' });
    await expect(put('2.1.0', 'canary', { timeout: '1m' })).rejects.toMatchObject({
      kind: 'conflict',
      why: [expect.stringContaining('argocd-controller')],
    });
    const chart = await chartOf('good-node', { version: '2.1.0', image: 'registry.example.com/good-node:1' });
    await open(true).put({ release: { chart }, cell: 'canary', overrides: { timeout: '1m' } }, { dryRun: false });
    expect(
      (await cluster.kubernetes.get<KubernetesObject & { spec: { timeout?: string } }>(reference))?.spec.timeout,
    ).toBe('1m');
  });

  it('is the only one of its package in a namespace, even where two cells have the same', async ({ skip }) => {
    skip(!image, noImage);
    await openCells().applyCell(cellOf('twin', { spec: { namespace: 'dk-canary' } }));
    await expect(open().find('good-node', 'twin')).rejects.toMatchObject({ kind: 'conflict' });
    await expect(put('2.1.0', 'twin', { namespace: 'dk-canary' })).rejects.toMatchObject({ kind: 'conflict' });
    expect(await open().list('twin')).toEqual([]);
    expect(await open().list('canary')).toMatchObject([{ package: 'good-node', cell: 'canary' }]);
  });

  it('goes with its past', async ({ skip }) => {
    skip(!image, noImage);
    expect(await open().remove('good-node', 'canary')).toEqual([{ what, outcome: 'deleted' }]);
    expect(await open().remove('good-node', 'canary')).toEqual([]);
    const revisions = { kind: 'ControllerRevision', namespace: 'dk-canary' } as const;
    await cluster.kubernetes.waitFor(revisions, {
      timeoutMs: 60_000,
      until: (rest) => (rest.length > 0 ? `${rest.length} revisions are left` : undefined),
    });
  });
});
