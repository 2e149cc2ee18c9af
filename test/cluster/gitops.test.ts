import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addContext, kubectl, whyNoKubectl } from '../helpers/cluster-home.ts';
import { type Home, makeHome } from '../helpers/dk.ts';
import { image, installCrds, noImage, startCluster, type TestCluster } from './kubernetes-cluster.ts';
import { pageTargets, writePlatformRepository } from './page-examples.ts';

const why = image ? whyNoKubectl() : noImage;
const context = 'eks-staging';

describe('a GitOps folder, in a cluster with nothing but the CRDs', () => {
  let home: Home;
  let cluster: TestCluster;
  let kubeconfig: string;
  const inCluster = (...args: string[]) => kubectl('--kubeconfig', kubeconfig, ...args);
  const applyCell = (folder: string) => inCluster('apply', '-f', `${folder}/`, '-f', join(folder, 'stores/'));
  const dk = async (...args: string[]) => {
    const ran = await home.dk(args);
    return ran.code === 0 ? ran : expect.fail(`dk ${args.join(' ')}: exit ${ran.code}\n${ran.stderr}${ran.stdout}`);
  };
  const inContext = (...args: string[]) => home.json([...args, '--context', context]);

  beforeAll(async () => {
    if (why) return;
    home = makeHome();
    cluster = await startCluster(image ?? '');
    await installCrds(cluster);
    kubeconfig = addContext(home, cluster.kubeconfig, context);
    await dk('dev', 'up', '--cell', 'dev-dgarcia');
  });
  beforeEach(({ skip }) => skip(why !== undefined, why));
  afterAll(async () => {
    await cluster?.close();
    await home?.close();
  });

  it.each([
    ['dev up writes it', 'local', (cell: string) => join(home.state, 'environments/local/cells', cell)],
    ['dk cell export writes it', 'dev-dgarcia', exported],
  ])('as %s is a whole cell at once, and once more changes nothing', async (_, cell, folderOf) => {
    const folder = await folderOf(cell);
    expect(resultsOf(applyCell(folder))).toEqual([
      [`namespace/dk-${cell}`, 'created'],
      [`cell.datakit.infoblox.dev/${cell}`, 'created'],
      ['store.datakit.infoblox.dev/lake-raw', 'created'],
      ['store.datakit.infoblox.dev/warehouse', 'created'],
    ]);
    expect(new Set(resultsOf(applyCell(folder)).map(([, result]) => result))).toEqual(new Set(['unchanged']));
    const there = await inContext('cell', 'show', cell);
    const here = await home.json(['cell', 'show', cell]);
    expect(withoutReadiness(there)).toEqual(withoutReadiness(here));
  });

  it('carries no Secret with it, and dk says which key is missing in the other place', async () => {
    expect(inCluster('get', 'secrets', '-n', 'dk-dev-dgarcia', '-o', 'name')).toBe('');
    const { code, stderr, stdout } = await home.dk([
      'store',
      'check',
      'warehouse',
      '--cell',
      'dev-dgarcia',
      '--context',
      context,
    ]);
    expect(code).not.toBe(0);
    expect(stderr + stdout).toMatch(/\$\{PG_PASS\} is not in Secret warehouse of cell dev-dgarcia/);
  });

  it('as on the page is one Cell for kubectl apply -f, and its Stores wait for a namespace that nobody makes', () => {
    const folder = join(writePlatformRepository(home.directory), 'cells/canary');
    expect(resultsOf(inCluster('apply', '-f', `${folder}/`))).toEqual([
      ['cell.datakit.infoblox.dev/canary', 'created'],
    ]);
    expect(() => inCluster('apply', '-f', join(folder, 'stores/'))).toThrow(/namespaces "dk-canary" not found/);
    inCluster('create', 'namespace', 'dk-canary');
    expect(resultsOf(applyCell(folder)).map(([name]) => name)).toEqual([
      'cell.datakit.infoblox.dev/canary',
      'store.datakit.infoblox.dev/lake-raw',
      'store.datakit.infoblox.dev/warehouse',
    ]);
  });

  it('as on the page is applied by dk cell apply with the namespaces, several cells at once', async () => {
    const cells = join(home.directory, 'platform-repo/cells');
    const refused = await home.dk(['cell', 'apply', '-f', cells, '--context', context]);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--confirm=stable') });
    await dk('cell', 'apply', '-f', cells, '--context', context, '--confirm=stable');
    expect(inCluster('get', 'stores', '-n', 'dk-stable', '-o', 'name').trim().split('\n')).toHaveLength(2);
  });

  it('is what dk cell list, show and stores read', async () => {
    const { cells } = await inContext('cell', 'list');
    expect(cells).toMatchObject([
      { name: 'canary', namespace: 'dk-canary', stores: 2, packages: 0 },
      { name: 'dev-dgarcia', namespace: 'dk-dev-dgarcia', stores: 2 },
      { name: 'local', namespace: 'dk-local', stores: 2 },
      { name: 'stable', namespace: 'dk-stable', stores: 2 },
    ]);
    expect(await inContext('cell', 'show', 'canary')).toMatchObject({
      labels: { tier: 'canary', region: 'us-east-1' },
    });
    for (const cell of ['canary', 'stable'] as const) {
      const { stores } = await inContext('cell', 'stores', cell);
      expect(stores).toMatchObject([
        { name: 'lake-raw' },
        { name: 'warehouse', connection: { connection_string: pageTargets[cell] } },
      ]);
    }
  });

  it('comes out of the cluster as it went in, by dk cell export --context', async () => {
    const folder = join(home.directory, 'taken-out');
    await dk('cell', 'export', 'dev-dgarcia', '--context', context, '--to', folder);
    expect(resultsOf(applyCell(folder))).toEqual([
      ['namespace/dk-dev-dgarcia', 'unchanged'],
      ['cell.datakit.infoblox.dev/dev-dgarcia', 'unchanged'],
      ['store.datakit.infoblox.dev/lake-raw', 'unchanged'],
      ['store.datakit.infoblox.dev/warehouse', 'unchanged'],
    ]);
  });

  async function exported(cell: string): Promise<string> {
    const folder = join(home.directory, 'exported', cell);
    await dk('cell', 'export', cell, '--to', folder);
    return folder;
  }
});

/** `store.datakit.infoblox.dev/warehouse created` on each line → the two words. */
function resultsOf(text: string): readonly (readonly [name: string, result: string])[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', result = ''] = line.split(' ');
      return [name, result];
    });
}

/** What a cell is, wherever it stands. */
function withoutReadiness({ where: _, stores, ...cell }: Record<string, unknown>) {
  const known = stores as readonly Record<string, unknown>[];
  return { ...cell, stores: known.map(({ ready: _ready, reason: _reason, ...store }) => store) };
}
