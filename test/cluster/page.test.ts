import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addContext, type ClusterHome, kubectl, makeClusterHome, whyNoKubectl } from '../helpers/cluster-home.ts';
import { ranReal } from '../helpers/facts.ts';
import { query, variablesOf } from '../helpers/outside.ts';
import { whyNoCluster } from './cluster-place.ts';
import { installCrds, startCluster, type TestCluster } from './kubernetes-cluster.ts';
import {
  forCell,
  pageCell,
  pageStore,
  pageTargets,
  writeCrossCellPackage,
  writePlatformRepository,
  writeProbePackage,
} from './page-examples.ts';

const why = whyNoCluster() ?? whyNoKubectl();
/** The page's own name of another cluster's context. */
const prod = 'arn:aws:eks:us-east-1:...:cluster/dk-prod';

interface Plan {
  readonly cell: string | null;
  readonly inputs: readonly { readonly dataset: string; readonly table: string; readonly cell?: string }[];
  readonly outputs: Plan['inputs'];
  readonly stores: readonly { readonly cell: string | null; readonly connector: string; readonly dsn: string }[];
}

interface StoreList {
  readonly stores: readonly { readonly name: string; readonly connection: Readonly<Record<string, string>> }[];
}

// The page from top to bottom, in one environment.
describe('the page "Cells & Stores"', () => {
  let home: ClusterHome;
  let another: TestCluster;
  let usersKubeconfig: string;
  let probe: string;
  /** The cells of a first `dk dev up`, and its servers, before anything else was made. */
  let first: { readonly cells: string; readonly servers: string };

  const dk = async (...args: string[]) => dkIn(home.directory, ...args);
  const dkIn = async (cwd: string, ...args: string[]) => {
    const ran = await home.dk(args, { cwd });
    return ran.code === 0 ? ran : expect.fail(`dk ${args.join(' ')}: exit ${ran.code}\n${ran.stderr}${ran.stdout}`);
  };
  const cellNames = async (...args: string[]) => {
    const { cells } = await home.json(['cell', 'list', ...args]);
    return (cells as readonly { readonly name: string }[]).map(({ name }) => name);
  };
  const plan = async (...args: string[]) =>
    (await home.json(['run', '--dry-run', ...args], { cwd: probe })) as unknown as Plan;
  /** What the package itself said, on the last line of its output. */
  const said = ({ stdout }: { readonly stdout: string }) => JSON.parse(/^\{.*\}$/m.exec(stdout)?.[0] ?? '{}') as object;
  const apply = (text: string) => {
    const file = join(home.directory, 'applied.yaml');
    writeFileSync(file, text);
    return home.kubectl('apply', '-f', file);
  };
  const inProd = (...args: string[]) => kubectl('--kubeconfig', usersKubeconfig, '--context', prod, ...args);

  beforeAll(async () => {
    if (why) return;
    home = makeClusterHome();
    probe = writeProbePackage(home.directory, 'probe');
    await dk('dev', 'up');
    another = await startCluster(process.env['DK_K3S_IMAGE'] ?? '');
    await installCrds(another);
    usersKubeconfig = addContext(home, another.kubeconfig, prod);
    first = {
      cells: home.kubectl('get', 'cells', '-o', 'name'),
      servers: home.kubectl('get', 'statefulsets', '-n', 'dk-infra', '-o', 'name'),
    };
    ranReal('k3d', execFileSync('k3d', ['version'], { encoding: 'utf8' }).split('\n')[0] ?? '');
  });
  beforeEach(({ skip }) => skip(why !== undefined, why));
  afterAll(async () => {
    await another?.close();
    await home?.close();
    expect(home?.inDocker() ?? []).toEqual([]);
  });

  describe('Core Principle (the chart, its versions and deployments are left out)', () => {
    it('a Cell provides Stores: connection strings, credentials, namespace', async () => {
      expect(await home.json(['cell', 'show', 'local'])).toMatchObject({
        name: 'local',
        namespace: 'dk-local',
        stores: [
          { name: 'lake-raw', connector: 's3' },
          {
            name: 'warehouse',
            connection: { connection_string: expect.stringMatching(/^postgresql:\/\/.*\/dp_local$/) },
            secrets: { password: '${PG_PASS}' },
          },
        ],
      });
    });

    it('the same package can run in many cells, and the same cell can host many packages', async () => {
      await dk('dev', 'up', '--cell', 'us-east');
      const other = writeProbePackage(home.directory, 'other');
      const ran = [
        await dkIn(probe, 'run', '--cell', 'local'),
        await dkIn(probe, 'run', '--cell', 'us-east'),
        await dkIn(other, 'run', '--cell', 'us-east'),
      ];
      expect(ran.map(said)).toEqual([
        { package: 'probe', cell: 'local', database: 'dp_local' },
        { package: 'probe', cell: 'us-east', database: 'dp_us_east' },
        { package: 'other', cell: 'us-east', database: 'dp_us_east' },
      ]);
    });
  });

  describe('Concepts', () => {
    it('a Cell is a cluster-scoped Custom Resource, and a Store is a namespaced one', () => {
      const rows = home.kubectl('api-resources', '--api-group', 'datakit.infoblox.dev', '--no-headers');
      const scopes = Object.fromEntries(
        rows
          .trim()
          .split('\n')
          .map((row) => row.split(/\s+/).slice(-3))
          .map(([version, namespaced, kind]) => [kind, [version, namespaced]]),
      );
      expect(scopes).toMatchObject({
        Cell: ['datakit.infoblox.dev/v1alpha1', 'false'],
        Store: ['datakit.infoblox.dev/v1alpha1', 'true'],
      });
    });

    it('each Cell owns a dedicated namespace, dk-<cell>, where its Stores and Secrets live (workloads are left to the tests of Jobs)', () => {
      for (const cell of ['local', 'us-east']) {
        const namespace = `dk-${cell}`;
        expect(home.kubectl('get', 'cell', cell, '-o', 'jsonpath={.spec.namespace}')).toBe(namespace);
        expect(home.kubectl('get', 'namespace', namespace, '-o', 'jsonpath={.metadata.labels}')).toContain(`"${cell}"`);
        expect(namesOf(home.kubectl('get', 'stores', '-n', namespace, '-o', 'name'))).toEqual([
          'lake-raw',
          'warehouse',
        ]);
        expect(namesOf(home.kubectl('get', 'secrets', '-n', namespace, '-o', 'name'))).toEqual(
          expect.arrayContaining(['lake-raw', 'warehouse']),
        );
      }
    });

    it('a Cell says in its status whether it is ready, and how many Stores and packages it has', () => {
      const status = JSON.parse(home.kubectl('get', 'cell', 'local', '-o', 'jsonpath={.status}')) as unknown;
      expect(status).toMatchObject({ ready: true, storeCount: 2, packageCount: 0 });
    });

    it('the Cell canary and its Store warehouse are applied as they stand on the page: the controller makes their namespace', async () => {
      expect(apply(pageCell)).toContain('canary created');
      home.kubectl('wait', '--for=create', 'namespace/dk-canary', '--timeout=30s');
      expect(apply(pageStore)).toContain('warehouse created');
      expect(await home.json(['cell', 'show', 'canary'])).toMatchObject({
        namespace: 'dk-canary',
        labels: { tier: 'canary', region: 'us-east-1' },
        stores: [
          {
            name: 'warehouse',
            connector: 'postgres',
            connection: { connection_string: pageTargets.canary },
            secrets: { password: '${PG_PASS}' },
          },
        ],
      });
    });

    it("${PG_PASS} is resolved from the k8s Secret in the Cell's namespace", async () => {
      const early = await home.dk(['run', '--cell', 'canary', '--dry-run'], { cwd: probe });
      expect(early.code).toBe(4);
      expect(early.stderr).toContain('PG_PASS');
      home.kubectl(
        'create',
        'secret',
        'generic',
        'warehouse',
        '-n',
        'dk-canary',
        '--from-literal=PG_PASS=from-the-secret',
      );
      const variables = await variablesOf(home, 'canary', probe);
      expect(new URL(variables['DK_STORE_DSN_WAREHOUSE'] ?? '').password).toBe('from-the-secret');
    });

    it('the same Store name exists in every cell, and points to different physical infrastructure', async () => {
      apply(forCell('stable', pageCell));
      home.kubectl('wait', '--for=create', 'namespace/dk-stable', '--timeout=30s');
      apply(forCell('stable', pageStore));
      home.kubectl('create', 'secret', 'generic', 'cell-secrets', '-n', 'dk-stable', '--from-literal=PG_PASS=another');
      const targets = await Promise.all(
        ['local', 'canary', 'stable'].map(async (cell) => {
          const { stores } = (await home.json(['cell', 'stores', cell])) as unknown as StoreList;
          return stores.find(({ name }) => name === 'warehouse')?.connection['connection_string'];
        }),
      );
      expect(targets).toEqual([
        // Of the page's localhost only the database remains: the server is in the cluster.
        expect.stringMatching(/^postgresql:\/\/postgres\.dk-infra\.svc\.cluster\.local:5432\/dp_local$/),
        pageTargets.canary,
        pageTargets.stable,
      ]);
    });
  });

  describe('Discovery (dk search is left out)', () => {
    it('dk cell list finds what kubectl get cells finds', async () => {
      const inKubectl = rowsOf(home.kubectl('get', 'cells')).map(([name, namespace]) => [name, namespace]);
      const inDk = rowsOf((await dk('cell', 'list')).stdout).map(([name, namespace]) => [name, namespace]);
      expect(inDk).toEqual(inKubectl);
      expect(inDk.map(([name]) => name)).toEqual(['NAME', 'canary', 'local', 'stable', 'us-east']);
    });

    it('dk cell stores <name> finds what kubectl get stores -n dk-<cell> finds', async () => {
      for (const cell of ['local', 'canary']) {
        const inKubectl = rowsOf(home.kubectl('get', 'stores', '-n', `dk-${cell}`)).map(([name, connector]) => [
          name,
          connector,
        ]);
        const inDk = rowsOf((await dk('cell', 'stores', cell)).stdout).map(([name, connector]) => [name, connector]);
        expect(inDk).toEqual(inKubectl);
      }
    });

    it('dk cell show canary shows the details of a specific cell', async () => {
      const { stdout } = await dk('cell', 'show', 'canary');
      expect(stdout).toContain('dk-canary');
      expect(stdout).toContain('region=us-east-1, tier=canary');
      expect(stdout).toContain(pageTargets.canary);
    });
  });

  describe('Resolution Order', () => {
    it('Transform, DataSet and Connector come from the package, the Store from the cell if --cell is set', async () => {
      // In the cell as in the package, the Store means a connector that only the package has.
      apply(pageStore.replace('connector: postgres', 'connector: acme'));
      const [own, canary] = [await plan(), await plan('--cell', 'canary')];
      for (const { inputs, stores } of [own, canary]) {
        expect(inputs).toMatchObject([{ dataset: 'events', table: 'page_events' }]);
        expect(stores).toMatchObject([{ connector: 'postgres' }]);
      }
      expect(own).toMatchObject({ cell: null, stores: [{ cell: null, dsn: pageTargets.local }] });
      expect(canary).toMatchObject({ cell: 'canary', stores: [{ cell: 'canary' }] });
      expect(new URL(canary.stores[0]?.dsn ?? '').host).toBe('canary-db:5432');
      const kinds = home.kubectl('api-resources', '--api-group', 'datakit.infoblox.dev', '-o', 'name');
      expect(kinds).not.toMatch(/transforms|datasets|connectors/);
    });

    it('dk run --cell stable runs on what the Store of cell:stable says, whoever wrote it with kubectl', async () => {
      const address = home.kubectl(
        'get',
        'store',
        'warehouse',
        '-n',
        'dk-local',
        '-o',
        'jsonpath={.metadata.annotations.datakit\\.infoblox\\.dev/host-endpoint}',
      );
      for (const sql of ["CREATE ROLE stable LOGIN PASSWORD 'another'", 'CREATE DATABASE dp_stable OWNER stable']) {
        const psql = ['psql', '-h', '/var/run/postgresql', '-U', 'postgres', '-c', sql];
        home.kubectl('exec', '-n', 'dk-infra', 'postgres-0', '--', ...psql);
      }
      apply(forCell('stable', pageStore).replace(pageTargets.stable, `postgresql://stable@${address}/dp_stable`));
      const ran = await dkIn(probe, 'run', '--cell', 'stable');
      expect(said(ran)).toEqual({ package: 'probe', cell: 'stable', database: 'dp_stable' });
    });

    it('a package ships a store/ with local dev defaults, so that dk run works out of the box without any cell', async () => {
      await dk('init', 'fresh');
      const folder = join(home.directory, 'fresh');
      expect(await dkIn(folder, 'run')).toMatchObject({ code: 0 });
      const { stores } = (await home.json(['run', '--dry-run'], { cwd: folder })) as unknown as Plan;
      expect(new Set(stores.map(({ cell }) => cell))).toEqual(new Set([null]));
    });
  });

  describe('Cell Lifecycle', () => {
    it('dk dev up creates a k3d cluster, shared infra and cell:local', () => {
      const clusters = execFileSync('k3d', ['cluster', 'list', '--no-headers'], { encoding: 'utf8' });
      expect(clusters).toContain(`dk-${home.name} `);
      expect(namesOf(first.servers)).toEqual(['minio', 'postgres']);
      expect(namesOf(first.cells)).toEqual(['local']);
    });

    it('dk dev up --cell creates additional cells, and takes over one that was written by hand', async () => {
      await dk('dev', 'up', '--cell', 'canary');
      await dk('dev', 'up', '--cell', 'dev-dgarcia');
      expect(await cellNames()).toEqual(['canary', 'dev-dgarcia', 'local', 'stable', 'us-east']);
      for (const cell of ['canary', 'dev-dgarcia']) {
        const dsn = (await variablesOf(home, cell, probe))['DK_STORE_DSN_WAREHOUSE'] ?? '';
        const database = `dp_${cell.replace('-', '_')}`;
        expect(await query(dsn, 'SELECT current_database() AS database')).toEqual([{ database }]);
      }
    });

    it.each([
      ['a label of a Cell', ['cell', 'local'], { spec: { labels: { region: 'here' } } }],
      ['a field of a Store', ['store', 'warehouse', '-n', 'dk-canary'], { spec: { connection: { schema: 'x' } } }],
      [
        'an annotation of a Store',
        ['store', 'warehouse', '-n', 'dk-canary'],
        { metadata: { annotations: { note: 'x' } } },
      ],
    ])('dk dev up comes to its end when somebody has added %s', async (_, [kind = '', name = '', ...more], patch) => {
      home.kubectl('patch', kind, name, ...more, '--type=merge', '-p', JSON.stringify(patch));
      await dk('dev', 'up');
      expect((await dk('dev', 'up')).stderr).not.toMatch(/^\+/m);
    });

    it('in production, kubectl apply -f cells/canary/ applies the Cell; kubectl itself leaves stores/ for a second -f', () => {
      const cells = join(writePlatformRepository(home.directory), 'cells');
      for (const cell of ['canary', 'stable']) {
        const folder = join(cells, cell);
        expect(inProd('apply', '-f', `${folder}/`)).toBe(`cell.datakit.infoblox.dev/${cell} created\n`);
        inProd('create', 'namespace', `dk-${cell}`);
        expect(inProd('apply', '-f', join(folder, 'stores/')).trim().split('\n')).toHaveLength(2);
      }
    });
  });

  describe('Cells across clusters', () => {
    it('Cells live in a specific cluster, and each cluster has its own set of cells', async () => {
      const ours = ['canary', 'dev-dgarcia', 'local', 'stable', 'us-east'];
      expect(await cellNames()).toEqual(ours);
      expect(await cellNames('--context', `k3d-dk-${home.name}`)).toEqual(ours);
      expect(await cellNames('--context', prod)).toEqual(['canary', 'stable']);
    });

    it('cells of the same name in two contexts of one kubeconfig are never mixed up', async () => {
      const targets = async (context: string, options = {}) => {
        const { stores } = (await home.json(
          ['cell', 'stores', 'canary', '--context', context],
          options,
        )) as unknown as StoreList;
        return stores.find(({ name }) => name === 'warehouse')?.connection['connection_string'];
      };
      expect(await targets(`k3d-dk-${home.name}`)).toMatch(/\/dp_canary$/);
      expect(await targets(prod)).toBe(pageTargets.canary);
      // A colleague has that kubeconfig, and no environment.
      const colleague = { HOME: join(home.directory, 'colleague'), KUBECONFIG: join(home.directory, '.kube/config') };
      expect(await targets(`k3d-dk-${home.name}`, { env: colleague })).toMatch(/\/dp_canary$/);
      expect(await targets(prod, { env: colleague })).toBe(pageTargets.canary);
    });

    it('dk run --cell canary --context k3d-dk-<env> runs there, and another context means the canary of its cluster', async () => {
      const ran = await dkIn(probe, 'run', '--cell', 'canary', '--context', `k3d-dk-${home.name}`);
      expect(said(ran)).toEqual({ package: 'probe', cell: 'canary', database: 'dp_canary' });
      inProd('create', 'secret', 'generic', 'warehouse', '-n', 'dk-canary', '--from-literal=PG_PASS=of-prod');
      const { stores } = await plan('--cell', 'canary', '--context', prod);
      expect(stores).toMatchObject([{ cell: 'canary', dsn: expect.stringContaining('@canary-db:5432/dk_canary') }]);
    });
  });

  describe('Package × Cell Deployment (dk build, publish, deploy and ArgoCD are left out)', () => {
    it('a Transform with the cell field on an input reads from that cell, and writes to the deployment cell', async () => {
      const folder = writeCrossCellPackage(home.directory);
      await dkIn(folder, 'dev', 'seed', '--cell', 'us-east');
      await dkIn(folder, 'run', '--cell', 'canary');
      const rowsIn = async (cell: string, table: string) =>
        query((await variablesOf(home, cell, probe))['DK_STORE_DSN_WAREHOUSE'] ?? '', `SELECT event_id FROM ${table}`);
      expect(await rowsIn('canary', 'processed_events')).toEqual([{ event_id: 'from-us-east' }]);
      await expect(rowsIn('us-east', 'processed_events')).rejects.toThrow(/does not exist/);
      await expect(rowsIn('canary', 'raw_events')).rejects.toThrow(/does not exist/);
    });
  });
});

/** `store.datakit.infoblox.dev/warehouse` on each line → `warehouse`. */
function namesOf(text: string): readonly string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.slice(line.indexOf('/') + 1));
}

/** The cells of a table whose columns are apart by at least two blanks. */
function rowsOf(table: string): readonly (readonly string[])[] {
  return table
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/\s{2,}/));
}
