import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PackageDeployment } from '../../src/manifest/schema/package-deployment.ts';
import type { Kubernetes, KubernetesObject } from '../../src/tools/kubernetes.ts';
import { cellOf, storeOf } from '../cells/manifests.ts';
import { deploymentWith } from '../controller/deployments.ts';
import { type Home, makeHome } from '../helpers/dk.ts';
import { createRandom } from '../helpers/random.ts';
import { image, installCrds, noImage, startCluster, type TestCluster } from './kubernetes-cluster.ts';

const namespace = 'dk-canary';
const count = 100;
const kills = 20;
const names = Array.from({ length: count }, (_, index) => `package-${index}`);

describe.skipIf(!image)(`a controller that is killed again and again${image ? '' : ` (${noImage})`}`, () => {
  let cluster: TestCluster;
  let kubernetes: Kubernetes;
  let home: Home;

  beforeAll(async () => {
    home = makeHome();
    cluster = await startCluster(image ?? '');
    kubernetes = cluster.kubernetes;
    writeFileSync(join(home.directory, 'kubeconfig'), cluster.kubeconfig, { mode: 0o600 });
    await installCrds(cluster);
    await kubernetes.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await kubernetes.apply(cellOf('canary'));
    const warehouse = storeOf('warehouse');
    await kubernetes.apply({ ...warehouse, metadata: { ...warehouse.metadata, namespace } });
  });
  afterAll(async () => {
    await cluster?.close();
    await home?.close();
  });

  it(`starts exactly one Job for each of ${count} requests, though it dies ${kills} times meanwhile`, async () => {
    const random = createRandom(20);
    let next = 0;
    for (let kill = 0; kill < kills; kill++) {
      const controller = await lead();
      for (; next < (count * (kill + 1)) / kills; next++) await kubernetes.apply(requested(names[next] ?? ''));
      await pause(random() * 400);
      controller.kill('SIGKILL');
      await once(controller, 'close');
    }
    const controller = await lead();
    await expect.poll(handled, { timeout: 120_000, message: 'deployments that are seen to' }).toBe(count);
    await end(controller);
    const jobs = await kubernetes.list({ kind: 'Job', namespace });
    expect(jobs.map(({ metadata }) => metadata.labels?.['datakit.infoblox.dev/deployment']).sort()).toEqual(
      names.toSorted(),
    );
  });

  it('leaves nothing that belongs to nobody, and nothing at all once the deployments are deleted', async () => {
    const uids = (await deployments()).map(({ metadata }) => metadata.uid);
    const children = await made();
    expect(children).toHaveLength(2 * count);
    expect(
      children.filter(({ metadata }) => !uids.includes(metadata.labels?.['datakit.infoblox.dev/deployment-uid'])),
    ).toEqual([]);
    for (const name of names) await kubernetes.delete({ kind: 'PackageDeployment', name, namespace });
    await expect.poll(async () => (await made()).length, { timeout: 120_000 }).toBe(0);
  });

  /** A controller that has begun its work. */
  async function lead(): Promise<ChildProcess> {
    const kubeconfig = join(home.directory, 'kubeconfig');
    const args = ['controller', '--context', kubernetes.contextName, '--lease', '2s'];
    const controller = home.start(args, { env: { KUBECONFIG: kubeconfig } });
    let text = '';
    controller.stderr?.on('data', (chunk: Buffer) => (text += chunk));
    const leads = new Promise<void>((resolve, reject) => {
      controller.stdout?.once('data', () => resolve());
      controller.once('close', () => reject(new Error(`the controller ended: ${text}`)));
    });
    await leads;
    return controller;
  }

  async function end(controller: ChildProcess): Promise<void> {
    controller.kill('SIGTERM');
    const [code] = await once(controller, 'close');
    expect(code).toBe(0);
  }

  const annotations = { 'datakit.infoblox.dev/run-requested-at': '2026-01-01T00:00:00Z' };
  // What is tested is the Jobs: their pods would keep a small machine busy for minutes, and without an account there are none.
  const spec = { serviceAccountName: 'nobody' };
  const requested = (name: string) => deploymentWith({ name, annotations, spec });
  const deployments = () =>
    kubernetes.list<PackageDeployment & KubernetesObject>({ kind: 'PackageDeployment', namespace });

  async function handled(): Promise<number> {
    return (await deployments()).filter(({ status }) => status?.triggers?.['manual'] !== undefined).length;
  }

  async function made() {
    const labels = { 'datakit.infoblox.dev/deployment': undefined };
    const kinds = ['Job', 'CronJob', 'Deployment', 'Secret'] as const;
    return (await Promise.all(kinds.map((kind) => kubernetes.list({ kind, namespace, labels })))).flat();
  }
});
