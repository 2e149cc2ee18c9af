import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKubernetesCells } from '../../src/cells/kubernetes.ts';
import { cellsLoop } from '../../src/controller/cells/cells-loop.ts';
import { leftOverLoop } from '../../src/controller/cells/left-over-loop.ts';
import { runController } from '../../src/controller/run-controller.ts';
import { storesLoop } from '../../src/controller/stores/stores-loop.ts';
import { infraObjects, inOrder, readManifestFolder } from '../../src/environment/k3d/infra.ts';
import type { Kubernetes, KubernetesObject } from '../../src/tools/kubernetes.ts';
import { cellOf, storeOf } from '../cells/manifests.ts';
import { whyNoKubectl } from '../helpers/cluster-home.ts';
import { createTestContext } from '../helpers/context.ts';
import { repository } from '../helpers/dk.ts';
import { startS3 } from '../tools/s3-server.ts';
import { image, installCrds, noImage, openText, startCluster, type TestCluster } from './kubernetes-cluster.ts';

const why = image ? whyNoKubectl() : noImage;

interface Status extends KubernetesObject {
  readonly status?: {
    readonly ready?: boolean;
    readonly storeCount?: number;
    readonly conditions?: readonly { readonly type: string; readonly reason: string; readonly message: string }[];
  };
}
interface Event extends KubernetesObject {
  readonly reason: string;
  readonly involvedObject: { readonly name: string };
}

describe.skipIf(why)(`the controller and the cells of a cluster${why ? ` (${why})` : ''}`, () => {
  let cluster: TestCluster;
  let kubernetes: Kubernetes;
  let s3: Awaited<ReturnType<typeof startS3>>;
  let folder: string;
  let login: string;
  let controller: { stop(): Promise<string> };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dk-controller-'));
    s3 = await startS3();
    cluster = await startCluster(image ?? '');
    kubernetes = cluster.kubernetes;
    await installCrds(cluster);
    login = await loginOfController();
    controller = await start();
  });
  afterAll(async () => {
    await controller?.stop();
    await Promise.all([cluster?.close(), s3?.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes the namespace of a Cell that kubectl applied alone, and says that the cell is ready', async () => {
    await kubernetes.apply(cellOf('canary'));
    await statusOf('Cell', 'canary', { ready: true, reason: 'StoresReady' });
    expect(await kubernetes.get({ kind: 'Namespace', name: 'dk-canary' })).toMatchObject({
      metadata: { labels: { 'app.kubernetes.io/managed-by': 'dk', 'datakit.infoblox.dev/cell': 'canary' } },
    });
    expect(await reasonsOf('canary', 'default')).toContain('NamespaceMade');
  });

  it('connects to a Store, and again as soon as its Secret is there', async () => {
    await kubernetes.apply(lake());
    await statusOf('Store', 'lake-raw', { ready: false, reason: 'SecretMissing' });
    await statusOf('Cell', 'canary', { ready: false, reason: 'StoresNotReady', storeCount: 1 });
    await setKey(s3.root.secretAccessKey);
    await statusOf('Store', 'lake-raw', { ready: true, reason: 'Connected' });
    await statusOf('Cell', 'canary', { ready: true, reason: 'StoresReady', storeCount: 1 });
    await setKey('another');
    await statusOf('Store', 'lake-raw', { ready: false, reason: 'LoginRefused' });
    await setKey(s3.root.secretAccessKey);
    await statusOf('Store', 'lake-raw', { ready: true, reason: 'Connected' });
    expect(await reasonsOf('lake-raw', 'dk-canary')).toEqual(
      expect.arrayContaining(['SecretMissing', 'Connected', 'LoginRefused']),
    );
  });

  it('names a Store whose connection holds more than scalars, and one that nobody can connect to', async () => {
    await kubernetes.apply(inCanary(storeOf('nested', { spec: { connection: { host: 'x', tls: { ca: 'y' } } } })));
    await statusOf('Store', 'nested', { ready: false, reason: 'Invalid' });
    await kubernetes.apply(
      inCanary(storeOf('events', { spec: { connector: 'kafka', connection: { brokers: 'x:9092' } } })),
    );
    await statusOf('Store', 'events', { ready: undefined, reason: 'NotSpoken' });
    for (const name of ['nested', 'events']) await kubernetes.delete({ kind: 'Store', name, namespace: 'dk-canary' });
    await statusOf('Cell', 'canary', { ready: true, storeCount: 1 });
  });

  it('writes nothing while nothing happens, and as little when it starts again', async () => {
    const versions = async () => {
      const objects = await Promise.all(
        (['Cell', 'Store', 'Namespace'] as const).map((kind) => kubernetes.list<KubernetesObject>({ kind })),
      );
      return objects.flat().map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.resourceVersion}`);
    };
    const before = await versions();
    expect(await controller.stop()).not.toContain('level=error');
    controller = await start();
    // It sees the Cells in their order: what comes after this one has been looked at before.
    await kubernetes.apply(cellOf('second'));
    await statusOf('Cell', 'second', { ready: true });
    const after = await versions();
    expect(before.filter((version) => !after.includes(version))).toEqual([]);
    await kubernetes.delete({ kind: 'Cell', name: 'second' });
    await gone('dk-second');
  });

  it('keeps, when a Cell goes, a namespace that it did not make', async () => {
    await kubernetes.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'payments' } });
    await kubernetes.apply(cellOf('payments', { spec: { namespace: 'payments' } }));
    await statusOf('Cell', 'payments', { ready: true });
    await kubernetes.delete({ kind: 'Cell', name: 'payments' });
    await kubernetes.apply(cellOf('third'));
    await statusOf('Cell', 'third', { ready: true });
    await kubernetes.delete({ kind: 'Cell', name: 'third' });
    await gone('dk-third');
    const kept = await kubernetes.get({ kind: 'Namespace', name: 'payments' });
    expect(kept?.metadata.deletionTimestamp).toBeUndefined();
  });

  it('keeps a namespace of its own making that holds what dk did not make, and says so', async () => {
    await kubernetes.apply(cellOf('shared'));
    await statusOf('Cell', 'shared', { ready: true });
    const metadata = { name: 'theirs', namespace: 'dk-shared' };
    await kubernetes.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
    await kubernetes.delete({ kind: 'Cell', name: 'shared' });
    await expect.poll(() => reasonsOf('dk-shared', 'default'), { timeout: 30_000 }).toContain('Kept');
    const kept = await kubernetes.get({ kind: 'Namespace', name: 'dk-shared' });
    expect(kept?.metadata.deletionTimestamp).toBeUndefined();
  });

  it('makes a namespace again that was deleted, but not while dk deletes the Cell', async () => {
    await kubernetes.apply(cellOf('again'));
    await statusOf('Cell', 'again', { ready: true });
    const first = await kubernetes.get({ kind: 'Namespace', name: 'dk-again' });
    await kubernetes.delete({ kind: 'Namespace', name: 'dk-again' });
    await expect
      .poll(async () => (await kubernetes.get({ kind: 'Namespace', name: 'dk-again' }))?.metadata.uid ?? 'none', {
        timeout: 60_000,
      })
      .not.toMatch(new RegExp(`none|${first?.metadata.uid}`));
    expect(await openKubernetesCells({ kubernetes, where: 'the cluster' }).deleteCell('again')).toBe(true);
    expect(await kubernetes.get({ kind: 'Namespace', name: 'dk-again' })).toBeUndefined();
  });

  it('deletes the namespace of a Cell that went while it did not run', async () => {
    await controller.stop();
    await kubernetes.delete({ kind: 'Cell', name: 'canary' });
    expect(await kubernetes.get({ kind: 'Namespace', name: 'dk-canary' })).toBeDefined();
    controller = await start();
    // The Secret in it was made by hand.
    await expect.poll(() => reasonsOf('dk-canary', 'default'), { timeout: 30_000 }).toContain('Kept');
    await kubernetes.delete({ kind: 'Secret', name: 'lake-raw', namespace: 'dk-canary' });
    await controller.stop();
    controller = await start();
    await gone('dk-canary');
  });

  /** A kubeconfig that may do what the controller's own role says, and nothing else. */
  async function loginOfController(): Promise<string> {
    const objects = infraObjects(await readManifestFolder(join(repository, 'infra-manifests/controller')), 'test');
    const access = inOrder(objects).filter(({ kind }) => kind !== 'Deployment');
    const spaces = objects.filter(({ kind }) => kind === 'Namespace');
    for (const object of [...spaces, ...access]) await kubernetes.apply(object);
    const file = join(folder, 'kubeconfig');
    writeFileSync(file, cluster.kubeconfig, { mode: 0o600 });
    const args = ['--kubeconfig', file, 'create', 'token', 'dk-controller', '-n', 'dk-system'];
    const token = execFileSync('kubectl', args, { encoding: 'utf8' }).trim();
    const user = /^ {4}client-certificate-data: .*\n^ {4}client-key-data: .*$/m;
    const text = cluster.kubeconfig.replace(user, `    token: ${token}`);
    expect(text).toContain(token);
    return text;
  }

  async function start() {
    const aborting = new AbortController();
    const { context, stderr } = createTestContext({ signal: aborting.signal, now: () => new Date() });
    // What it says to the cluster at its end goes on.
    const own = await openText(login);
    const loops = [cellsLoop, storesLoop, leftOverLoop];
    const options = { namespace: 'dk-system', identity: `test-${Math.random()}`, leaseSeconds: 5, loops };
    const ended = runController(context, own, options);
    return {
      async stop() {
        aborting.abort();
        await ended;
        return stderr();
      },
    };
  }

  async function statusOf(kind: 'Cell' | 'Store', name: string, wanted: object): Promise<void> {
    const reference = kind === 'Cell' ? { kind, name } : { kind, name, namespace: 'dk-canary' };
    await expect
      .poll(
        async () => {
          const { status } = (await kubernetes.get<Status>(reference)) ?? {};
          const { reason, message } = status?.conditions?.find(({ type }) => type === 'Ready') ?? {};
          return { reason, message, ready: status?.ready, storeCount: status?.storeCount };
        },
        { timeout: 30_000, message: `${kind} ${name}` },
      )
      .toMatchObject(wanted);
  }

  async function reasonsOf(name: string, namespace: string): Promise<readonly string[]> {
    const events = await kubernetes.list<Event>({ kind: 'Event', namespace });
    return events.filter(({ involvedObject }) => involvedObject.name === name).map(({ reason }) => reason);
  }

  async function gone(namespace: string): Promise<void> {
    const find = async () => (await kubernetes.get({ kind: 'Namespace', name: namespace })) === undefined;
    await expect.poll(find, { timeout: 60_000, message: `namespace ${namespace} is not gone` }).toBe(true);
  }

  const inCanary = <Resource extends KubernetesObject>(resource: Resource) => ({
    ...resource,
    metadata: { ...resource.metadata, namespace: 'dk-canary' },
  });

  function lake() {
    const { endpoint, region, bucket } = s3.root;
    const connection = { endpoint, region, bucket, path_style: true };
    const secrets = { access_key_id: '${S3_ACCESS_KEY_ID}', secret_access_key: '${S3_SECRET_ACCESS_KEY}' };
    return inCanary(storeOf('lake-raw', { spec: { connector: 's3', connection, secrets } }));
  }

  async function setKey(secretAccessKey: string): Promise<void> {
    const values = { S3_ACCESS_KEY_ID: s3.root.accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey };
    const data = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    );
    const metadata = { name: 'lake-raw', namespace: 'dk-canary' };
    await kubernetes.apply({ apiVersion: 'v1', kind: 'Secret', metadata, data });
  }
});
