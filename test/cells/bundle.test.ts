import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyBundle, renameBundle } from '../../src/cells/apply-bundle.ts';
import { bundleText, exportBundle, writeBundle } from '../../src/cells/export-bundle.ts';
import { readBundles } from '../../src/cells/read-bundles.ts';
import { cellOf, storeOf } from './manifests.ts';
import { openTemporary } from './temporary.ts';

let at: Awaited<ReturnType<typeof openTemporary>>;
beforeEach(async () => {
  at = await openTemporary();
});
afterEach(() => at.close());

const header = 'apiVersion: datakit.infoblox.dev/v1alpha1';
const cellYaml = (name: string, namespace = `dk-${name}`) =>
  `${header}\nkind: Cell\nmetadata: {name: ${name}}\nspec: {namespace: ${namespace}}\n`;
const storeYaml = (name: string, namespace?: string) =>
  `${header}\nkind: Store\nmetadata: {name: ${name}${namespace ? `, namespace: ${namespace}` : ''}}\nspec: {connector: x, connection: {a: b}}\n`;

/** Writes files under the temporary folder, by their paths. */
async function given(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(at.root, dirname(name)), { recursive: true });
    await writeFile(join(at.root, name), text);
  }
}

const read = (path: string) => readBundles(at.root, path);
const failure = (path: string) =>
  read(path).then(
    () => expect.unreachable('it was read'),
    (error: { kind: string; message: string; why: readonly string[] }) => error,
  );
const contents = async (path: string) =>
  (await read(path)).bundles.map(({ cell, stores }) => [
    cell.metadata.name,
    ...stores.map(({ metadata }) => metadata.name),
  ]);

describe('reading', () => {
  const tree = {
    'platform/cells/canary/cell.yaml': cellYaml('canary'),
    'platform/cells/canary/stores/warehouse.yaml': storeYaml('warehouse', 'dk-canary'),
    'platform/cells/canary/stores/lake-raw.yml': storeYaml('lake-raw'),
    'platform/cells/stable/cell.yaml': cellYaml('stable', 'production'),
    'platform/cells/stable/stores/warehouse.yaml': storeYaml('warehouse', 'production'),
    'platform/.github/workflow.yaml': 'on: [push]',
    'platform/README.md': 'not YAML: [',
  };

  test('takes the folder of one cell, of several cells, and of the repository', async () => {
    await given(tree);
    const canary = ['canary', 'lake-raw', 'warehouse'];
    expect(await contents('platform/cells/canary')).toEqual([canary]);
    expect(await contents('platform/cells/')).toEqual([canary, ['stable', 'warehouse']]);
    expect(await contents('platform')).toEqual([canary, ['stable', 'warehouse']]);
    expect(await contents(join(at.root, 'platform'))).toEqual([canary, ['stable', 'warehouse']]);
  });

  test('takes a single file with everything in it', async () => {
    await given({
      'all.yaml': [cellYaml('a'), cellYaml('b'), storeYaml('s', 'dk-a'), storeYaml('s', 'dk-b')].join('---\n'),
    });
    expect(await contents('all.yaml')).toEqual([
      ['a', 's'],
      ['b', 's'],
    ]);
  });

  test('takes Secrets, decoded, and ConfigMaps, and names what it skips', async () => {
    await given({
      'canary/cell.yaml': `apiVersion: v1\nkind: Namespace\nmetadata: {name: dk-canary}\n---\n${cellYaml('canary')}`,
      'canary/secret.yaml': `apiVersion: v1
kind: Secret
metadata: {name: warehouse, namespace: dk-canary}
data: {PG_PASS: aMO2bGxl, PG_USER: am9l, EMPTY: ""}
stringData: {PG_USER: jane}
`,
      'canary/settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {depth: "3"}\n',
      'canary/web.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n',
      'canary/other.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n',
    });
    const { bundles, skipped } = await read('canary');
    expect(bundles).toMatchObject([
      {
        secrets: [{ name: 'warehouse', values: { PG_PASS: 'hölle', PG_USER: 'jane', EMPTY: '' } }],
        configMaps: [{ name: 'settings', values: { depth: '3' } }],
      },
    ]);
    expect(skipped).toEqual(['Namespace other (canary/other.yaml)', 'Deployment web (canary/web.yaml)']);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'a Store without a Cell',
      { 'x/a.yaml': cellYaml('a', 'n'), 'x/s.yaml': storeYaml('s', 'dk-b') },
      /^x\/s\.yaml:3:\d+ .*no Cell here owns namespace dk-b/,
    ],
    [
      'a Store beside two Cells',
      { 'x/a.yaml': cellYaml('a'), 'x/b.yaml': cellYaml('b'), 'x/s.yaml': storeYaml('s') },
      /several Cells stand beside/,
    ],
    ['a Store above its Cell', { 'x/s.yaml': storeYaml('s'), 'x/a/cell.yaml': cellYaml('a') }, /no Cell stands beside/],
    [
      'two Cells of one namespace',
      { 'x/a.yaml': cellYaml('a', 'n'), 'x/b.yaml': cellYaml('b', 'n'), 'x/s.yaml': storeYaml('s', 'n') },
      /several Cells here own namespace n/,
    ],
    [
      'a Cell that is there twice',
      { 'x/1.yaml': cellYaml('a'), 'x/2.yaml': cellYaml('a') },
      /^x\/2\.yaml:3:\d+ .*Cell a stands in x\/1\.yaml too/,
    ],
    [
      'a Store that is there twice',
      { 'x/c.yaml': cellYaml('a'), 'x/1.yaml': storeYaml('s'), 'x/2.yaml': storeYaml('s') },
      /Store s stands in x\/1\.yaml too/,
    ],
    [
      'an unknown field',
      { 'x/c.yaml': cellYaml('a').replace('namespace', 'namspace') },
      /^x\/c\.yaml:4:\d+ .*did you mean "namespace"/,
    ],
    [
      'binary data',
      {
        'x/c.yaml': cellYaml('a'),
        'x/m.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\nbinaryData: {a: aaaa}\n',
      },
      /x\/m\.yaml:1:1 binaryData/,
    ],
    [
      'a number in a ConfigMap',
      { 'x/c.yaml': cellYaml('a'), 'x/m.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {a: 3}\n' },
      /data\.a: must be a string; put it in quotes/,
    ],
  ])('refuses %s, with its place', async (_, files, problem) => {
    await given(files);
    const { kind, why } = await failure('x');
    expect([kind, why]).toEqual(['invalid', [expect.stringMatching(problem)]]);
  });

  test.each([
    'hunter2!',
    'aHVudGVyMg=x',
    '/+7/',
    '"a b c d": {}',
  ])('refuses the Secret value %s without repeating it', async (value) => {
    await given({
      'x/c.yaml': cellYaml('a'),
      'x/s.yaml': `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {PG_PASS: ${JSON.stringify(value)}}\n`,
    });
    const { why } = await failure('x');
    expect(why).toEqual(['x/s.yaml:1:1 data.PG_PASS: must be text in base64']);
  });

  test('reports everything that is wrong, but no Store as homeless whose Cell cannot be read', async () => {
    await given({ 'x/c.yaml': 'kind: [', 'x/a.yaml': `${header}\nkind: Cel`, 'x/s.yaml': storeYaml('s') });
    const { why } = await failure('x');
    expect(why).toEqual([expect.stringMatching(/^x\/a\.yaml:2/), expect.stringMatching(/^x\/c\.yaml:1/)]);
  });

  test('says when there is nothing, or no Cell', async () => {
    await given({ 'empty/README.md': '', 'stores/s.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n` });
    expect(await failure('nowhere')).toMatchObject({ kind: 'notFound', message: expect.stringContaining('nowhere') });
    expect(await failure('empty')).toMatchObject({ kind: 'invalid', message: 'empty holds no Cell' });
    expect((await failure('stores')).why).toEqual([expect.stringContaining('no Cell stands beside')]);
  });
});

describe('applying', () => {
  const environment = { 'app.kubernetes.io/managed-by': 'dk', 'datakit.infoblox.dev/environment': 'e-1' };
  const own = { metadata: { labels: { ...environment, team: 'a' } } };
  const bundle = {
    cell: cellOf('canary', { spec: { labels: { tier: 'canary' } } }),
    stores: [storeOf('warehouse'), storeOf('lake-raw')],
    secrets: [{ name: 'warehouse', values: { PG_PASS: 'p' } }],
    configMaps: [{ name: 'settings', values: { a: 'b' } }],
  };

  test('makes the cell with all that it holds, and changes nothing the second time', async () => {
    const first = await applyBundle(at.cells, bundle);
    expect(first.map(({ kind, name, outcome }) => `${kind} ${name} ${outcome}`)).toEqual([
      'Cell canary created',
      'Secret warehouse created',
      'ConfigMap settings created',
      'Store warehouse created',
      'Store lake-raw created',
    ]);
    expect(await at.cells.secrets.read('canary', 'warehouse')).toEqual({ PG_PASS: 'p' });
    expect(new Set((await applyBundle(at.cells, bundle)).map(({ outcome }) => outcome))).toEqual(
      new Set(['unchanged']),
    );
  });

  test('leaves a cell and its Stores with the environment that made them', async () => {
    await at.cells.applyCell(cellOf('canary', own));
    await at.cells.applyStore('canary', storeOf('warehouse', own));
    await applyBundle(at.cells, bundle);
    expect((await at.cells.get('canary'))?.metadata.labels).toEqual(environment);
    expect((await at.cells.store('canary', 'warehouse'))?.metadata.labels).toEqual(environment);
    expect((await at.cells.store('canary', 'lake-raw'))?.metadata.labels).toBeUndefined();
  });

  test('never claims that an environment made what it did not', async () => {
    await applyBundle(at.cells, { ...bundle, cell: cellOf('canary', own), stores: [storeOf('warehouse', own)] });
    expect((await at.cells.get('canary'))?.metadata.labels).toEqual({ team: 'a' });
    expect((await at.cells.store('canary', 'warehouse'))?.metadata.labels).toEqual({ team: 'a' });
  });

  test('under another name uses the namespace of that name', async () => {
    await applyBundle(at.cells, renameBundle(bundle, 'dev-jane'));
    expect(await at.cells.get('dev-jane')).toEqual(cellOf('dev-jane', { spec: { labels: { tier: 'canary' } } }));
    expect((await at.cells.store('dev-jane', 'warehouse'))?.metadata.namespace).toBe('dk-dev-jane');
    expect(await at.cells.get('canary')).toBeUndefined();
  });
});

describe('exporting', () => {
  const environment = { 'app.kubernetes.io/managed-by': 'dk', 'datakit.infoblox.dev/environment': 'e-1' };

  async function exported() {
    const cell = await at.cells.get('canary');
    return exportBundle(at.cells, cell ?? expect.unreachable('there is no cell'));
  }

  beforeEach(async () => {
    await at.cells.applyCell(
      cellOf('canary', { metadata: { labels: environment }, spec: { labels: { tier: 'dev' } } }),
    );
    const secrets = { username: '${PG_USER}', password: '${PG_PASS}' };
    await at.cells.applyStore('canary', storeOf('warehouse', { metadata: { labels: environment }, spec: { secrets } }));
    await at.cells.secrets.set('canary', 'warehouse', { PG_PASS: 'hunter2' });
    await at.cells.configMaps.apply('canary', 'settings', { depth: '3' });
  });

  test('gives one text without Secrets and without the mark of the environment, which reads back as the same cell', async () => {
    const { bundle, cleared } = await exported();
    const text = bundleText(bundle);
    expect(cleared).toEqual([]);
    expect(text).not.toMatch(/hunter2|managed-by|status/);
    await given({ 'canary.yaml': text });
    const [found] = (await read('canary.yaml')).bundles;
    expect(found?.cell).toEqual(cellOf('canary', { spec: { labels: { tier: 'dev' } } }));
    expect(found?.stores.map(({ spec }) => spec.secrets)).toEqual([{ username: '${PG_USER}', password: '${PG_PASS}' }]);
    expect(found?.configMaps).toMatchObject([{ name: 'settings', values: { depth: '3' } }]);
    const outcomes = (await applyBundle(at.cells, found ?? expect.unreachable())).map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['unchanged']));
  });

  test('gives the GitOps folder, for everybody to read', async () => {
    const files = await writeBundle(join(at.root, 'out/canary'), (await exported()).bundle);
    expect(files.map((file) => file.slice(at.root.length))).toEqual([
      '/out/canary/cell.yaml',
      '/out/canary/configmap-settings.yaml',
      '/out/canary/stores/warehouse.yaml',
    ]);
    expect(((await stat(files[0] ?? '')).mode & 0o400).toString(8)).toBe('400');
    expect(await readFile(files[0] ?? '', 'utf8')).toMatch(/^apiVersion: v1\nkind: Namespace\n/);
    expect(await contents('out')).toEqual([['canary', 'warehouse']]);
    expect(await readdir(join(at.root, 'out'))).toEqual(['canary']);
  });

  test('puts a reference where somebody wrote a secret, and says where', async () => {
    const connection = {
      connection_string: 'postgresql://joe:hunter2@canary-db:5432/dk?sslmode=require&password=hunter2',
      libpq: "host=a password='hunter2' user=b",
      odd: 'postgresql://joe:hunt@er2@db/x',
      kept: 'postgresql://joe:${PG_PASS}@canary-db:5432/dk',
      endpoint: 'http://127.0.0.1:29000/a@b',
      api_token: 'hunter2',
      root_password: 22222,
      nested: { list: [{ password: 'hunter2' }] },
    };
    const secrets = { password: 'hunter2', user: 'pre-${USER}' };
    await at.cells.applyStore('canary', storeOf('warehouse', { spec: { connection, secrets } }));
    const { bundle, cleared } = await exported();
    expect(bundle.stores[0]?.spec).toEqual({
      connector: 'postgres',
      connection: {
        connection_string: 'postgresql://joe:${PASSWORD}@canary-db:5432/dk?sslmode=require&password=${PASSWORD}',
        libpq: 'host=a password=${PASSWORD} user=b',
        odd: 'postgresql://joe:${PASSWORD}@db/x',
        kept: 'postgresql://joe:${PG_PASS}@canary-db:5432/dk',
        endpoint: 'http://127.0.0.1:29000/a@b',
        api_token: '${API_TOKEN}',
        root_password: '${ROOT_PASSWORD}',
        nested: { list: [{ password: '${PASSWORD}' }] },
      },
      secrets: { password: '${PASSWORD}', user: 'pre-${USER}' },
    });
    expect(cleared.map((each) => each.replace('Store warehouse: ', ''))).toEqual([
      'connection.connection_string',
      'connection.libpq',
      'connection.odd',
      'connection.api_token',
      'connection.root_password',
      'connection.nested',
      'secrets.password',
    ]);
  });
});
