import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { K3sContainer, type StartedK3sContainer } from '@testcontainers/k3s';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  infraNamespace,
  infraObjects,
  readManifestFolder,
  withSecretVersion,
} from '../../src/environment/k3d/infra.ts';
import { waitForAnswer } from '../../src/environment/k3d/infra-answer.ts';
import { rolloutFault, waitForRollout } from '../../src/environment/k3d/infra-rollout.ts';
import { applyInTurn, clearStaleClaim, staleClaim } from '../../src/environment/k3d/infra-volume.ts';
import { setSuperuserPassword, superuserAddress } from '../../src/environment/k3d/postgres.ts';
import {
  ensureInfraSecret,
  type InfraSecret,
  type InfraServer,
  readInfraSecret,
} from '../../src/environment/k3d/secrets.ts';
import { type Kubernetes, openKubernetes } from '../../src/tools/kubernetes.ts';
import type { KubernetesObject } from '../../src/tools/kubernetes-object.ts';
import { openMinioAdmin } from '../../src/tools/minio-admin.ts';
import { checkPostgres, withPostgres } from '../../src/tools/postgres.ts';
import { checkS3, openS3 } from '../../src/tools/s3.ts';
import { createTestContext } from '../helpers/context.ts';
import { repository } from '../helpers/dk.ts';
import { ranReal } from '../helpers/facts.ts';

const image = process.env['DK_K3S_IMAGE'];
const why = 'DK_K3S_IMAGE names no Kubernetes node image';
const environmentId = 'f2b5c2a0-0d0c-4a53-9a55-6d0f6a1f7f10';
const servers = ['postgres', 'minio'] as const;
const bucket = 'dk-canary-lake';
const folderOf = (server: InfraServer) => join(repository, 'infra-manifests', server);
const pair = { accessKeyId: 'DK0123456789ABCDEF01', secretAccessKey: 'a-secret-of-canary' };
const { context } = createTestContext();

describe.skipIf(!image)(`the shared servers in a real cluster${image ? '' : ` (${why})`}`, () => {
  let node: StartedK3sContainer;
  let cluster: Kubernetes;

  beforeAll(async () => {
    node = await new K3sContainer(image ?? '')
      .withExposedPorts(30432, 30900)
      .withCopyDirectoriesToContainer(
        servers.map((server) => ({ source: folderOf(server), target: `/infra/${server}` })),
      )
      .start();
    cluster = await openKubernetes(context, { text: node.getKubeConfig() }, 'default');
    ranReal('Kubernetes node image', image ?? '');
  });
  afterAll(() => node?.stop());

  const secretOf = async (server: InfraServer): Promise<InfraSecret> => {
    const secret = await readInfraSecret(cluster, server, context.secrets);
    return typeof secret === 'string' ? expect.fail(secret) : secret;
  };
  const superuser = async () =>
    superuserAddress(node.getMappedPort(30432), (await secretOf('postgres')).values['password'] ?? '');
  const root = async () => {
    const { values } = await secretOf('minio');
    return {
      endpoint: `http://127.0.0.1:${node.getMappedPort(30900)}`,
      region: 'us-east-1',
      accessKeyId: values['root-user'] ?? '',
      secretAccessKey: values['root-password'] ?? '',
    };
  };
  const objectsOf = async (server: InfraServer) => {
    const secret = await secretOf(server);
    const objects = infraObjects(await readManifestFolder(folderOf(server)), environmentId);
    return objects.map((object) => withSecretVersion(object, [secret]));
  };

  async function applyAll(): Promise<void> {
    await applyNamespace(cluster);
    await Promise.all(
      servers.map(async (server) => {
        await ensureInfraSecret(cluster, server, environmentId, context.secrets);
        await clearStaleClaim(cluster, `dk-${server}`);
        await applyInTurn(cluster, await objectsOf(server), context.signal);
      }),
    );
  }
  async function waitForAll(): Promise<void> {
    const options = { timeoutMs: 120_000, say: () => {}, signal: context.signal };
    await Promise.all(servers.map((server) => waitForRollout(cluster, server, options)));
    const [address, key] = [await superuser(), await root()];
    await waitForAnswer('postgres', () => checkPostgres(address), options);
    await waitForAnswer('minio', () => checkS3({ ...key, bucket }), options);
  }
  const differences = async () => {
    const objects = (await Promise.all(servers.map(objectsOf))).flat();
    const found = await Promise.all(objects.map((object) => cluster.wouldChange(object, { force: true })));
    return found.filter((difference) => difference !== undefined);
  };

  it('are described by folders that plain kubectl accepts, in the order of their files', async () => {
    const apply = (...flags: string[]) =>
      node.exec(['kubectl', 'apply', ...flags, ...servers.flatMap((server) => ['-f', `/infra/${server}`])]);
    expect(await node.exec(['kubectl', 'apply', '-f', '/infra/postgres/namespace.yaml'])).toMatchObject({
      exitCode: 0,
    });
    expect(await apply('--dry-run=server')).toMatchObject({ exitCode: 0 });
    expect(await apply()).toMatchObject({ exitCode: 0 });
    const again = await apply();
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.output).not.toMatch(/configured|created/);
    await removeNamespace(cluster);
  });

  it('have claims that are bound at once, each time', async () => {
    const volumes = infraObjects(await readManifestFolder(folderOf('postgres')), environmentId).filter(({ kind }) =>
      kind.startsWith('PersistentVolume'),
    );
    await applyNamespace(cluster);
    for (let round = 0; round < 10; round += 1) {
      const name = `postgres-${round}`;
      const objects: KubernetesObject[] = JSON.parse(JSON.stringify(volumes).replaceAll('postgres"', `${name}"`));
      await applyInTurn(cluster, objects, context.signal);
      const reference = { kind: 'PersistentVolumeClaim', namespace: infraNamespace, name } as const;
      expect(await cluster.get(reference)).toMatchObject({ status: { phase: 'Bound' } });
    }
    await removeNamespace(cluster);
  });

  it('come up with random credentials and answer from outside the cluster', async () => {
    await applyAll();
    await waitForAll();
    const address = await superuser();
    expect(await checkPostgres(address)).toMatchObject({ ok: true });
    expect(await openS3({ ...(await root()), bucket }).headBucket()).toBe(false);
  });

  it('have PostgreSQL as the embedded environment has it, and no login without a password', async () => {
    const rows = await withPostgres(await superuser(), async (client) => {
      const { rows } = await client.query(`
        SELECT current_setting('data_checksums') AS checksums, current_setting('password_encryption') AS passwords,
               pg_encoding_to_char(encoding) AS encoding, datlocprovider AS provider, datlocale AS locale, datcollate AS collate,
               current_setting('max_connections') AS connections
          FROM pg_database WHERE datname = 'template1'`);
      return rows;
    });
    const locale = { encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8', collate: 'C' };
    expect(rows).toEqual([{ checksums: 'on', passwords: 'scram-sha-256', connections: '200', ...locale }]);
    const { password: _, ...nobody } = await superuser();
    expect(await checkPostgres(nobody)).toMatchObject({ ok: false });
  });

  it('run as ordinary users, with folders of their own', async () => {
    const idOf = (server: InfraServer, ...command: string[]) =>
      cluster.exec({ namespace: infraNamespace, pod: `${server}-0`, container: server, command });
    expect((await idOf('postgres', 'id', '-u')).stdout).toBe('70\n');
    expect((await idOf('minio', 'id', '-u')).stdout).toBe('1000\n');
    const data = '/var/lib/postgresql/data/pgdata';
    expect((await idOf('postgres', 'stat', '-c', '%a %u', data)).stdout).toBe('700 70\n');
  });

  it('are not written to when nothing has changed', async () => {
    expect(await differences()).toEqual([]);
  });

  it('give a cell a key that opens its own bucket only', async () => {
    const admin = openMinioAdmin(await root());
    await openS3({ ...(await root()), bucket }).createBucket();
    await openS3({ ...(await root()), bucket: 'dk-stable-lake' }).createBucket();
    await admin.setKey(bucket, pair);
    const key = { ...(await root()), ...pair };
    await openS3({ ...key, bucket }).put('hello', 'world');
    expect(await checkS3({ ...key, bucket: 'dk-stable-lake' })).toMatchObject({ ok: false, stage: 'bucket' });
    await expect(openS3({ ...key, bucket: 'dk-new' }).createBucket()).rejects.toMatchObject({ kind: 'unhealthy' });
  });

  it('keep rows, objects and keys when their namespace is deleted and all credentials are lost', async () => {
    await withPostgres(await superuser(), (client) => client.query('CREATE TABLE kept AS SELECT 42 AS answer'));
    const before = await superuser();
    await removeNamespace(cluster);
    for (const server of servers) expect(await staleClaim(cluster, `dk-${server}`)).toMatch(/a claim that is gone/);
    await applyAll();
    for (const server of servers) expect(await staleClaim(cluster, `dk-${server}`)).toBeUndefined();
    await waitForAll();
    const address = await superuser();
    expect(address.password).not.toBe(before.password);
    expect(await checkPostgres(address)).toMatchObject({ ok: false, stage: 'login' });
    await setSuperuserPassword(cluster, address.password ?? '');
    expect(await checkPostgres(before)).toMatchObject({ ok: false, stage: 'login' });
    const { rows } = await withPostgres(address, (client) => client.query('SELECT answer FROM kept'));
    expect(rows).toEqual([{ answer: 42 }]);
    const lake = openS3({ ...(await root()), ...pair, bucket });
    expect(await text(await lake.get('hello'))).toBe('world');
  });

  it("restart MinIO, and not Postgres, when a server's Secret is made anew", async () => {
    const before = await Promise.all(servers.map((server) => podUid(cluster, server)));
    for (const name of servers) await cluster.delete({ kind: 'Secret', namespace: infraNamespace, name });
    await applyAll();
    await waitForAll();
    const after = await Promise.all(servers.map((server) => podUid(cluster, server)));
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect(await openS3({ ...(await root()), bucket }).headBucket()).toBe(true);
  });

  it('come back from an edit that made them fail, which is told meanwhile', async () => {
    const set = { kind: 'StatefulSet', namespace: infraNamespace, name: 'minio' } as const;
    const broken = [
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'registry.invalid/minio:0' },
    ];
    const edit = ['kubectl', '-n', infraNamespace, 'patch', 'statefulset', 'minio', '--type=json', '-p'];
    expect(await node.exec([...edit, JSON.stringify(broken)])).toMatchObject({ exitCode: 0 });
    await expect
      .poll(() => rolloutFault(cluster, 'minio'), { timeout: 60_000 })
      .toMatch(/image registry\.invalid\/minio:0 cannot be had/);
    expect(await differences()).toEqual([
      'StatefulSet minio in namespace dk-infra differs in spec.template.spec.containers',
    ]);
    await applyAll();
    await waitForAll();
    expect(await cluster.get(set)).toMatchObject({ status: { readyReplicas: 1 } });
    expect(await differences()).toEqual([]);
  });
});

async function applyNamespace(cluster: Kubernetes): Promise<void> {
  const objects = infraObjects(await readManifestFolder(folderOf('postgres')), environmentId);
  for (const object of objects) if (object.kind === 'Namespace') await cluster.apply(object, { force: true });
}

async function removeNamespace(cluster: Kubernetes): Promise<void> {
  const reference = { kind: 'Namespace', name: infraNamespace } as const;
  await cluster.delete(reference);
  const until = (found: readonly KubernetesObject[]) => (found.length === 0 ? undefined : 'it is still there');
  await cluster.waitFor(reference, { until, timeoutMs: 120_000 });
}

async function podUid(cluster: Kubernetes, server: InfraServer): Promise<string | undefined> {
  const pod = await cluster.get({ kind: 'Pod', namespace: infraNamespace, name: `${server}-0` });
  return pod?.metadata.uid;
}
