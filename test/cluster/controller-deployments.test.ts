import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploymentsLoop } from '../../src/controller/deployments-loop.ts';
import { runController } from '../../src/controller/run-controller.ts';
import type { PackageDeployment } from '../../src/manifest/schema/package-deployment.ts';
import type { Kind, Kubernetes, KubernetesObject } from '../../src/tools/kubernetes.ts';
import { cellOf, storeOf } from '../cells/manifests.ts';
import { deploymentWith } from '../controller/deployments.ts';
import { createTestContext } from '../helpers/context.ts';
import { image, installCrds, noImage, openText, startCluster, type TestCluster } from './kubernetes-cluster.ts';

const namespace = 'dk-canary';
type Served = PackageDeployment & KubernetesObject;

interface Job extends KubernetesObject {
  readonly spec: { readonly suspend?: boolean; readonly template: { readonly spec: object } };
}
interface CronJob extends KubernetesObject {
  readonly spec: object;
}
interface Secret extends KubernetesObject {
  readonly data: Readonly<Record<string, string>>;
}
interface Pod extends KubernetesObject {
  readonly status?: { readonly phase?: string };
}

describe.skipIf(!image)(`the controller and the deployments of a cluster${image ? '' : ` (${noImage})`}`, () => {
  let cluster: TestCluster;
  let kubernetes: Kubernetes;
  let controller: Awaited<ReturnType<typeof start>>;

  beforeAll(async () => {
    cluster = await startCluster(image ?? '');
    kubernetes = cluster.kubernetes;
    await installCrds(cluster);
    for (const name of [namespace, 'dk-system', 'elsewhere']) {
      await kubernetes.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    await kubernetes.apply(cellOf('canary'));
    controller = await start();
  });
  afterAll(async () => {
    await controller?.stop();
    await cluster?.close();
  });

  it('says what is missing, and goes on as soon as it is there', async () => {
    await kubernetes.apply(deploymentWith({ annotations: { 'datakit.infoblox.dev/run-requested-at': 'first' } }));
    await statusOf('revenue', {
      phase: 'Pending',
      resolved: 'Cell canary has no Store warehouse: It has none (this cluster)',
    });
    const spec = { connection: { host: 'db', database: 'canary' }, secrets: { password: '${PG_PASS}' } };
    await kubernetes.apply(inCanary(storeOf('warehouse', { spec })));
    await statusOf('revenue', {
      phase: 'Pending',
      resolved: expect.stringContaining('${PG_PASS} (Store warehouse of cell canary'),
    });
    await setPassword('swordfish');
    await statusOf('revenue', { phase: 'Succeeded', resolved: expect.stringContaining('was found') });
    const [job, ...others] = await list<Job>('Job');
    expect(others).toEqual([]);
    expect(job).toMatchObject({
      metadata: {
        ownerReferences: [{ kind: 'PackageDeployment', name: 'revenue', uid: (await get('revenue')).metadata.uid }],
      },
    });
    expect(job?.metadata).not.toHaveProperty('finalizers');
    expect((await get('revenue')).status?.lastRun?.id).toBe(job?.metadata.name);
  });

  it('gives a run its variables from one Secret, and shows them nowhere else', async () => {
    const [secret] = await secrets();
    const values = Object.fromEntries(Object.entries(secret?.data ?? {}).map(([key, value]) => [key, decode(value)]));
    expect(values).toMatchObject({
      DK_PACKAGE: 'revenue',
      DK_VERSION: '1.0.0',
      DK_CELL: 'canary',
      DK_STORE_DSN_WAREHOUSE: 'postgresql://:swordfish@db:5432/canary',
    });
    expect(JSON.parse(values['run-spec.json'] ?? '')).toMatchObject({ package: 'revenue', cell: 'canary' });
    const kinds = ['Job', 'Pod', 'Event', 'PackageDeployment'] as const;
    const objects = (await Promise.all(kinds.map((kind) => kubernetes.list({ kind, namespace })))).flat();
    for (const hidden of ['swordfish', Buffer.from('swordfish').toString('base64')]) {
      expect(JSON.stringify(objects)).not.toContain(hidden);
    }
  });

  it('runs a package once for each request, and for no other change', async () => {
    await kubernetes.apply(deploymentWith({ annotations: request('second') }));
    await expect.poll(jobCount, { timeout: 60_000 }).toBe(2);
    const handled = async () => (await get('revenue')).status?.triggers?.['manual'];
    await expect.poll(handled, { timeout: 60_000 }).toBe('second');
    await succeeded('revenue');
    await kubernetes.apply(deploymentWith({ annotations: request('second'), version: '1.0.1' }));
    await expect
      .poll(async () => decode((await secrets())[0]?.data['DK_VERSION'] ?? ''), { timeout: 30_000 })
      .toBe('1.0.1');
    expect(await jobCount()).toBe(2);
  });

  it('does not run again what has run, when it starts again or when its Job is deleted', async () => {
    const ids = async () => (await list<Job>('Job')).map(({ metadata }) => metadata.name).sort();
    const before = await get('revenue');
    await controller.stop();
    for (const name of await ids()) await kubernetes.delete({ kind: 'Job', name, namespace });
    controller = await start();
    await kubernetes.apply(deploymentWith({ name: 'other' }));
    await statusOf('other', { phase: 'Ready' });
    expect(await ids()).toEqual([]);
    expect((await get('revenue')).status).toEqual(before.status);
    await kubernetes.delete({ kind: 'PackageDeployment', name: 'other', namespace });
  });

  it('keeps to a schedule, which can be suspended, changed and taken away', async () => {
    const scheduled = (schedule: NonNullable<PackageDeployment['spec']['schedule']>) =>
      deploymentWith({ name: 'nightly', spec: { schedule } });
    await kubernetes.apply(scheduled({ cron: '30 4 1 1 *', timezone: 'Europe/Berlin' }));
    await statusOf('nightly', {
      phase: 'Ready',
      nextRun: expect.stringMatching(/^20\d\d-01-01T03:30:00Z$/),
      suspended: 'False',
    });
    expect(await list<CronJob>('CronJob')).toMatchObject([
      { spec: { schedule: '30 4 1 1 *', timeZone: 'Europe/Berlin', suspend: false, concurrencyPolicy: 'Forbid' } },
    ]);
    await kubernetes.apply(scheduled({ cron: '30 4 1 1 *', timezone: 'Europe/Berlin', suspend: true }));
    await statusOf('nightly', { suspended: 'True', nextRun: undefined });
    expect(await list<CronJob>('CronJob')).toMatchObject([{ spec: { suspend: true } }]);
    await kubernetes.apply(scheduled({ cron: '61 * * * *' }));
    await statusOf('nightly', { phase: 'Failed', resolved: expect.stringContaining('minute "61" is not within 0-59') });
    await kubernetes.apply(scheduled({ cron: '* * * * *' }));
    await statusOf('nightly', { phase: 'Succeeded' });
    await kubernetes.apply(deploymentWith({ name: 'nightly' }));
    await expect.poll(() => list('CronJob'), { timeout: 60_000 }).toEqual([]);
    await statusOf('nightly', { nextRun: undefined, suspended: undefined, ready: 'WaitsForRequest' });
  });

  it('mends a CronJob that somebody has changed', async () => {
    await kubernetes.apply(
      deploymentWith({ name: 'nightly', spec: { schedule: { cron: '@yearly' }, resources: { cpu: '0.1' } } }),
    );
    await statusOf('nightly', { ready: 'Scheduled' });
    const [cronJob] = await list<CronJob>('CronJob');
    const reference = { kind: 'CronJob', name: cronJob?.metadata.name ?? '', namespace } as const;
    await kubernetes.merge(reference, { spec: { suspend: true } });
    await expect
      .poll(async () => list<CronJob>('CronJob'), { timeout: 30_000 })
      .toMatchObject([{ spec: { suspend: false } }]);
    const { resourceVersion } = (await list('CronJob'))[0]?.metadata ?? {};
    await kubernetes.merge(reference, { metadata: { labels: { theirs: 'yes' } } });
    await kubernetes.apply(deploymentWith({ name: 'other' }));
    await statusOf('other', { phase: 'Ready' });
    expect((await list('CronJob'))[0]?.metadata.labels).toMatchObject({ theirs: 'yes' });
    expect((await list('CronJob'))[0]?.metadata.resourceVersion).not.toBe(resourceVersion);
  });

  it('runs a package that waits for changes: for its version, for a rollback, and for what another has written', async () => {
    const trigger = { policy: 'on-change' } as const;
    const reader = (version: string) =>
      deploymentWith({
        name: 'report',
        version,
        transform: { trigger, inputs: [{ dataset: 'revenue' }], outputs: [{ dataset: 'report' }] },
      });
    const runs = async () => (await jobsOf('report')).length;
    await kubernetes.apply(reader('1.0.0'));
    await expect.poll(runs, { timeout: 60_000 }).toBe(1);
    await succeeded('report');
    await kubernetes.apply(reader('1.1.0'));
    await expect.poll(runs, { timeout: 60_000 }).toBe(2);
    await succeeded('report');
    await kubernetes.apply(reader('1.0.0'));
    await expect.poll(runs, { timeout: 60_000 }).toBe(3);
    await succeeded('report');
    const { lastRun } = (await get('report')).status ?? {};
    await kubernetes.apply(deploymentWith({ annotations: request('third'), version: '1.0.1' }));
    await expect.poll(async () => (await get('report')).status?.lastRun?.id, { timeout: 60_000 }).not.toBe(lastRun?.id);
    await succeeded('report');
    expect((await get('report')).status?.triggers).toEqual({
      version: '1.0.0',
      'input revenue': (await get('revenue')).status?.lastRun?.id,
      // Another one that writes it.
      'input nightly': (await get('nightly')).status?.lastRun?.id,
    });
  });

  it('lets Kubernetes try a failed run again, which succeeds once its cause is gone', async () => {
    const command = ['sh', '-c', 'test "$MODE" = good'];
    const env = [{ name: 'MODE', valueFrom: { configMapKeyRef: { name: 'modes', key: 'mode' } } }];
    const mode = (value: string) =>
      kubernetes.apply({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'modes', namespace },
        data: { mode: value },
      });
    await mode('bad');
    await kubernetes.apply(
      deploymentWith({ name: 'fickle', transform: { command, env }, annotations: request('now') }),
    );
    await expect.poll(failedPods, { timeout: 60_000 }).toBeGreaterThan(0);
    await statusOf('fickle', { phase: 'Running' });
    await mode('good');
    await succeeded('fickle');
    expect(await jobsOf('fickle')).toHaveLength(1);
  });

  it('runs what streams as a Deployment, and rolls it when a key of its Store has changed', async () => {
    const spec = { mode: 'streaming', replicas: 1 } as const;
    const command = ['sleep', '3600'];
    await kubernetes.apply(deploymentWith({ name: 'stream', spec, transform: { command } }));
    await statusOf('stream', { phase: 'Running', ready: 'Available' });
    const [pod] = await podsOf('stream');
    await setPassword('opensesame');
    await expect
      .poll(async () => (await podsOf('stream')).map(({ metadata }) => metadata.name), { timeout: 90_000 })
      .not.toContain(pod?.metadata.name);
    await statusOf('stream', { phase: 'Running' });
    const workloads = await kubernetes.list({ kind: 'Deployment', namespace });
    expect(JSON.stringify(workloads)).not.toContain('opensesame');
    await kubernetes.apply(deploymentWith({ name: 'stream', spec: { ...spec, replicas: 0 }, transform: { command } }));
    await statusOf('stream', { phase: 'Ready' });
  });

  it('refuses a deployment outside of the namespace of its cell, and one that the cluster does not take', async () => {
    await kubernetes.apply(deploymentWith({ namespace: 'elsewhere' }));
    await expect
      .poll(async () => (await get('revenue', 'elsewhere')).status?.conditions?.[0], { timeout: 30_000 })
      .toMatchObject({ status: 'False', reason: 'Refused' });
    await kubernetes.apply(
      deploymentWith({ name: 'huge', annotations: request('now'), spec: { resources: { cpu: 'much' } } }),
    );
    await statusOf('huge', { phase: 'Failed', resolved: expect.stringContaining('quantities must match') });
    await kubernetes.apply(deploymentWith({ name: 'huge', annotations: request('now') }));
    await succeeded('huge');
  });

  it('leaves nothing behind when deployments are deleted', async () => {
    for (const { metadata } of await list('PackageDeployment')) {
      await kubernetes.delete({ kind: 'PackageDeployment', name: metadata.name, namespace });
    }
    const left = async () => {
      const labels = { 'datakit.infoblox.dev/deployment': undefined };
      const kinds = ['Job', 'CronJob', 'Deployment', 'Secret', 'Pod'] as const;
      const found = await Promise.all(kinds.map((kind) => kubernetes.list({ kind, namespace, labels })));
      return found.flat().map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    };
    await expect.poll(left, { timeout: 90_000 }).toEqual([]);
    expect(await controller.stop()).not.toContain('level=error');
    controller = await start();
  });

  it('leads alone, and is followed at once by one that waits', async () => {
    await expect.poll(controller.leads, { timeout: 30_000 }).toBe(true);
    const second = await start();
    await expect.poll(second.log, { timeout: 30_000 }).toContain('another controller leads');
    await kubernetes.apply(deploymentWith({ name: 'led' }));
    await statusOf('led', { phase: 'Ready' });
    expect(second.leads()).toBe(false);
    await controller.stop();
    controller = second;
    await kubernetes.apply(deploymentWith({ name: 'led', annotations: request('now') }));
    await succeeded('led');
    expect(second.leads()).toBe(true);
  });

  async function start() {
    const aborting = new AbortController();
    const { context, stdout, stderr } = createTestContext({ signal: aborting.signal, now: () => new Date() });
    const own = await openText(cluster.kubeconfig);
    const options = {
      namespace: 'dk-system',
      identity: `test-${Math.random()}`,
      leaseSeconds: 5,
      loops: [deploymentsLoop],
    };
    const ended = runController(context, own, options);
    return {
      leads: () => stdout().includes('dk controller leads'),
      log: stderr,
      async stop() {
        aborting.abort();
        await ended;
        return stderr();
      },
    };
  }

  async function statusOf(name: string, wanted: object): Promise<void> {
    await expect
      .poll(
        async () => {
          const { metadata, status } = await get(name);
          if (status?.observedGeneration !== metadata.generation) return 'not seen yet';
          const condition = (type: string) => status?.conditions?.find((each) => each.type === type);
          return {
            phase: status?.phase,
            nextRun: status?.nextRun,
            resolved: condition('Resolved')?.message,
            ready: condition('Ready')?.reason,
            suspended: condition('Suspended')?.status,
          };
        },
        { timeout: 90_000, message: `PackageDeployment ${name}` },
      )
      .toMatchObject(wanted);
  }

  const succeeded = (name: string) => statusOf(name, { phase: 'Succeeded' });
  const request = (value: string) => ({ 'datakit.infoblox.dev/run-requested-at': value });
  const decode = (base64: string) => Buffer.from(base64, 'base64').toString();
  const list = <T extends KubernetesObject>(kind: Kind) => kubernetes.list<T>({ kind, namespace });
  const jobCount = async () => (await list('Job')).length;
  const jobsOf = (name: string) => labelled<Job>('Job', name);
  const podsOf = (name: string) => labelled<Pod>('Pod', name);
  const failedPods = async () => (await podsOf('fickle')).filter(({ status }) => status?.phase === 'Failed').length;

  function labelled<T extends KubernetesObject>(kind: Kind, name: string) {
    return kubernetes.list<T>({ kind, namespace, labels: { 'datakit.infoblox.dev/deployment': name } });
  }

  function secrets() {
    return labelled<Secret>('Secret', 'revenue');
  }

  async function get(name: string, where = namespace): Promise<Served> {
    const found = await kubernetes.get<Served>({ kind: 'PackageDeployment', name, namespace: where });
    if (!found) throw new Error(`there is no deployment ${name}`);
    return found;
  }

  async function setPassword(password: string): Promise<void> {
    const data = { PG_PASS: Buffer.from(password).toString('base64') };
    await kubernetes.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'warehouse', namespace }, data });
  }

  function inCanary<Resource extends KubernetesObject>(resource: Resource) {
    return { ...resource, metadata: { ...resource.metadata, namespace } };
  }
});
