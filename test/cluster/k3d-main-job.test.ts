import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClusterHome, makeClusterHome } from '../helpers/cluster-home.ts';
import { repository } from '../helpers/dk.ts';
import { ranReal } from '../helpers/facts.ts';
import { query, recordsIn, s3Of, type Variables, variablesOf } from '../helpers/outside.ts';
import { whyNoCluster } from './cluster-place.ts';

const packageFolder = join(repository, 'examples/pg-to-s3');
const why = whyNoCluster();
const cells = ['local', 'canary'] as const;

describe.skipIf(why)(`the main job in a k3d cluster${why ? ` (${why})` : ''}`, () => {
  let home: ClusterHome;
  const dk = async (...args: string[]) => {
    const ran = await home.dk(args, { cwd: packageFolder });
    return ran.code === 0 ? ran : expect.fail(`dk ${args.join(' ')}: exit ${ran.code}\n${ran.stderr}${ran.stdout}`);
  };
  const variables = (cell: string): Promise<Variables> => variablesOf(home, cell, packageFolder);

  beforeAll(async () => {
    home = makeClusterHome();
    await dk('dev', 'up', '--cell', 'canary', '--cell', 'dev-dgarcia');
    ranReal('k3d', execFileSync('k3d', ['version'], { encoding: 'utf8' }).split('\n')[0] ?? '');
    for (const cell of cells) await dk('dev', 'seed', '--cell', cell);
  });
  afterAll(() => home?.close());

  it('shows plain kubectl the columns of Cells and Stores', () => {
    const table = (...args: string[]) =>
      home
        .kubectl(...args)
        .trim()
        .split('\n')
        .map((line) => line.trim().split(/\s{2,}|\s(?=\S+$)/));
    const [head, ...rows] = table('get', 'cells');
    expect(head).toEqual(['NAME', 'NAMESPACE', 'READY', 'STORES', 'PACKAGES', 'AGE']);
    expect(rows.map((row) => row.slice(0, 5))).toEqual([
      ['canary', 'dk-canary', 'true', '2', '0'],
      ['dev-dgarcia', 'dk-dev-dgarcia', 'true', '2', '0'],
      ['local', 'dk-local', 'true', '2', '0'],
    ]);
    const [storeHead, ...stores] = table('get', 'stores', '-n', 'dk-canary');
    expect(storeHead).toEqual(['NAME', 'CONNECTOR', 'READY', 'AGE']);
    expect(stores.map((row) => row.slice(0, 3))).toEqual([
      ['lake-raw', 's3', 'true'],
      ['warehouse', 'postgres', 'true'],
    ]);
  });

  it('has a controller, which makes the namespace of a Cell that kubectl applied alone', async () => {
    const cell = { apiVersion: 'datakit.infoblox.dev/v1alpha1', kind: 'Cell', metadata: { name: 'by-hand' } };
    const file = join(home.directory, 'by-hand.json');
    writeFileSync(file, JSON.stringify({ ...cell, spec: { namespace: 'dk-by-hand' } }));
    home.kubectl('apply', '-f', file);
    home.kubectl('wait', '--for=jsonpath={.status.ready}=true', 'cell/by-hand', '--timeout=30s');
    home.kubectl('delete', '-f', file);
    home.kubectl('wait', '--for=delete', 'namespace/dk-by-hand', '--timeout=60s');
    expect((await dk('dev', 'status')).stdout).toMatch(/^controller +running/m);
    expect((await dk('dev', 'logs', 'controller')).stdout).toContain('dk controller leads');
  });

  it.each([
    'process',
    'container',
    'job',
  ] as const)('brings the rows of two cells into their buckets, as a %s', async (launch) => {
    for (const cell of cells) {
      await emptyBucket(cell);
      await dk('run', '--cell', cell, '--launch', launch);
      const found = await variables(cell);
      const dsn = found['DK_STORE_DSN_WAREHOUSE'] ?? '';
      const rows = await query(dsn, 'SELECT event_id, magnitude FROM raw_events ORDER BY event_id');
      const records = await recordsIn(s3Of(found), `dk-${cell}-lake`, 'events/');
      expect(rows.length).toBeGreaterThanOrEqual(1000);
      expect(slim(records)).toEqual(slim(rows));
    }
  });

  it("keeps one cell's login and key out of another cell", async () => {
    const canary = await variables('canary');
    const dsn = new URL(canary['DK_STORE_DSN_WAREHOUSE'] ?? '');
    dsn.pathname = '/dp_local';
    await expect(query(dsn.href, 'SELECT 1')).rejects.toThrow(/permission denied for database "dp_local"/);
    const list = s3Of(canary).send(new ListObjectsV2Command({ Bucket: 'dk-local-lake' }));
    await expect(list).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('keeps its kubeconfig to itself, and leaves the current context of the user alone', async () => {
    expect(statSync(home.kubeconfigFile).mode & 0o077).toBe(0);
    const users = join(home.directory, '.kube/config');
    expect(readFileSync(users, 'utf8')).toContain(`k3d-dk-${home.name}`);
    const { cells: listed } = (await home.json(['cell', 'list', '--context', `k3d-dk-${home.name}`])) as {
      cells: { name: string }[];
    };
    expect(listed.map(({ name }) => name)).toEqual(['canary', 'dev-dgarcia', 'local']);
  });

  it('writes nothing when everything is there', async () => {
    const versions = () =>
      home.kubectl(
        'get',
        'cells,stores,secrets,configmaps,statefulsets,services,pv,pvc,crd',
        '-A',
        '-o',
        'custom-columns=K:.kind,N:.metadata.namespace,M:.metadata.name,R:.metadata.resourceVersion',
      );
    const before = versions();
    const { stderr } = await dk('dev', 'up');
    expect(stderr.split('\n').filter((line) => line.startsWith('+'))).toEqual([]);
    expect(versions()).toBe(before);
  });

  it.each([
    ['a Store is deleted', ['delete', 'store', 'warehouse', '-n', 'dk-canary']],
    [
      'a Store is edited',
      [
        'patch',
        'store',
        'warehouse',
        '-n',
        'dk-canary',
        '--type=merge',
        '-p',
        '{"spec":{"connection":{"connection_string":"postgresql://elsewhere/x"}}}',
      ],
    ],
    ['a Secret is deleted', ['delete', 'secret', 'lake-raw', '-n', 'dk-canary']],
    ['a server is scaled down', ['scale', 'statefulset', 'minio', '-n', 'dk-infra', '--replicas=0']],
    ['a server is deleted', ['delete', 'statefulset', 'postgres', '-n', 'dk-infra']],
    ["the servers' Secrets are deleted", ['delete', 'secret', 'postgres', 'minio', '-n', 'dk-infra']],
  ])('is put right when %s', async (_, kubectl) => {
    home.kubectl(...kubectl);
    await dk('dev', 'up');
    await dk('run', '--cell', 'canary');
  });

  it('is put right when a database and a bucket are gone', async () => {
    const { stdout } = await dk('env', '--cell', 'dev-dgarcia', '--format', 'json');
    const s3 = s3Of(JSON.parse(stdout) as Variables);
    home.kubectl(
      'exec',
      '-n',
      'dk-infra',
      'postgres-0',
      '--',
      'psql',
      '-h',
      '/var/run/postgresql',
      '-U',
      'postgres',
      '-c',
      'DROP DATABASE dp_dev_dgarcia WITH (FORCE)',
    );
    await dk('dev', 'up');
    await s3.send(new ListObjectsV2Command({ Bucket: 'dk-dev-dgarcia-lake' }));
    expect((await dk('store', 'check', 'warehouse', '--cell', 'dev-dgarcia')).code).toBe(0);
  });

  it('keeps rows and objects when the namespace of the servers, and then the node itself, is deleted', async () => {
    const before = await contents();
    home.kubectl('delete', 'namespace', 'dk-infra', '--wait=false');
    await dk('dev', 'up');
    expect(await contents()).toEqual(before);
    execFileSync('docker', ['rm', '--force', '--volumes', `k3d-dk-${home.name}-server-0`], { stdio: 'pipe' });
    await dk('dev', 'up');
    expect(await contents()).toEqual(before);
    expect(home.kubectl('get', 'cells', '-o', 'name').trim().split('\n')).toHaveLength(3);
  });

  it('stops and starts with its data kept', async () => {
    const before = await contents();
    await dk('dev', 'down');
    expect(await home.dk(['run', '--cell', 'canary'], { cwd: packageFolder })).toMatchObject({ code: 3 });
    expect((await dk('dev', 'status')).stdout).toContain('is not up');
    await dk('dev', 'up');
    expect(await contents()).toEqual(before);
  });

  it('removes one cell with its data, and no other', async () => {
    await dk('dev', 'down', '--delete', '--cell', 'dev-dgarcia', '--yes');
    await dk('dev', 'up');
    expect(home.kubectl('get', 'cells', '-o', 'name').trim().split('\n')).toEqual([
      'cell.datakit.infoblox.dev/canary',
      'cell.datakit.infoblox.dev/local',
    ]);
  });

  it('leaves nothing behind', async () => {
    const users = join(home.directory, '.kube/config');
    writeFileSync(users, `${readFileSync(users, 'utf8')}`);
    await dk('dev', 'down', '--delete', '--yes');
    expect(home.inDocker()).toEqual([]);
    expect(existsSync(users) ? readFileSync(users, 'utf8') : '').not.toContain(home.name);
    expect(existsSync(home.state)).toBe(false);
  });

  async function emptyBucket(cell: string): Promise<void> {
    const s3 = s3Of(await variables(cell));
    const Bucket = `dk-${cell}-lake`;
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  }

  /** What the cells hold, as it is seen from outside. */
  async function contents() {
    return Promise.all(
      cells.map(async (cell) => {
        const found = await variables(cell);
        const rows = await query(found['DK_STORE_DSN_WAREHOUSE'] ?? '', 'SELECT * FROM raw_events ORDER BY event_id');
        const { Contents = [] } = await s3Of(found).send(new ListObjectsV2Command({ Bucket: `dk-${cell}-lake` }));
        return { rows, objects: Contents.map(({ Key, ETag, Size }) => ({ Key, ETag, Size })) };
      }),
    );
  }
});

function slim(all: readonly Record<string, unknown>[]) {
  const byId = (a: Record<string, unknown>, b: Record<string, unknown>) =>
    String(a['event_id']) < String(b['event_id']) ? -1 : 1;
  return all.map(({ event_id, magnitude }) => ({ event_id, magnitude })).sort(byId);
}
