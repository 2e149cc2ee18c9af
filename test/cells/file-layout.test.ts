import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { openFileCells } from '../../src/cells/files.ts';
import { cellOf, storeOf, trickyStrings } from './manifests.ts';
import { openTemporary } from './temporary.ts';

let at: Awaited<ReturnType<typeof openTemporary>>;
beforeEach(async () => {
  at = await openTemporary();
});
afterEach(() => at.close());

const path = (...parts: string[]) => join(at.directory, ...parts);
const read = (...parts: string[]) => readFile(path(...parts), 'utf8');
const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);

async function writeHandmade(file: string, text: string): Promise<void> {
  await mkdir(path(file, '..'), { recursive: true });
  await writeFile(path(file), text);
}

const header = 'apiVersion: datakit.infoblox.dev/v1alpha1';

describe('the files that dk writes', () => {
  test('are the GitOps layout', async () => {
    await at.cells.applyCell(
      cellOf('canary', { metadata: { labels: { a: 'b' } }, spec: { labels: { tier: 'canary' } } }),
    );
    await at.cells.applyStore('canary', storeOf('warehouse', { spec: { secrets: { password: '${PG_PASS}' } } }));
    await at.cells.configMaps.apply('canary', 'settings', { depth: '3' });
    expect((await readdir(path('canary'))).sort()).toEqual(['cell.yaml', 'configmap-settings.yaml', 'stores']);
    expect(await read('canary', 'cell.yaml')).toBe(`apiVersion: v1
kind: Namespace
metadata:
  name: dk-canary
  labels:
    a: b
---
${header}
kind: Cell
metadata:
  name: canary
  labels:
    a: b
spec:
  namespace: dk-canary
  labels:
    tier: canary
`);
    expect(await read('canary', 'stores', 'warehouse.yaml')).toBe(`${header}
kind: Store
metadata:
  name: warehouse
  namespace: dk-canary
spec:
  connector: postgres
  connection:
    host: 127.0.0.1
    port: 25432
  secrets:
    password: \${PG_PASS}
`);
    expect(await read('canary', 'configmap-settings.yaml')).toBe(`apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: dk-canary
data:
  depth: "3"
`);
  });

  test.each([
    ['as they are made', [trickyStrings]],
    ['as they are changed', [{ tier: 'dev' }, trickyStrings]],
  ])('mean the same to the YAML 1.1 that kubectl reads, %s', async (_, states) => {
    const metadata = { annotations: trickyStrings };
    for (const labels of states) await at.cells.applyCell(cellOf('canary', { metadata, spec: { labels } }));
    const [, cell] = parseAllDocuments(await read('canary', 'cell.yaml'), { version: '1.1' });
    expect(cell?.toJS()).toMatchObject({ metadata, spec: { labels: trickyStrings } });
  });

  test('are closed to other users, Secrets even where someone had opened them', async () => {
    await at.cells.applyCell(cellOf('canary'));
    await at.cells.secrets.set('canary', 'warehouse', { PG_PASS: 'old' });
    const file = join(at.secretsDirectory, 'canary', 'warehouse.json');
    expect([await modeOf(at.secretsDirectory), await modeOf(join(file, '..')), await modeOf(file)]).toEqual([
      '700',
      '700',
      '600',
    ]);
    expect([await modeOf(at.directory), await modeOf(path('canary'))]).toEqual(['700', '700']);
    await Promise.all([chmod(file, 0o644), chmod(join(file, '..'), 0o755), chmod(at.secretsDirectory, 0o755)]);
    await at.cells.secrets.set('canary', 'warehouse', { PG_PASS: 'new' });
    expect([await modeOf(at.secretsDirectory), await modeOf(join(file, '..')), await modeOf(file)]).toEqual([
      '700',
      '700',
      '600',
    ]);
  });

  test('stay as they are when nothing changes, and no other file comes into being', async () => {
    await at.cells.applyCell(cellOf('canary'));
    await at.cells.applyStore('canary', storeOf('warehouse'));
    await at.cells.secrets.set('canary', 'warehouse', { A: 'b' });
    const inodes = async () => {
      const files = [path('canary', 'cell.yaml'), path('canary', 'stores', 'warehouse.yaml')];
      return Promise.all(
        [...files, join(at.secretsDirectory, 'canary', 'warehouse.json')].map(async (file) => (await stat(file)).ino),
      );
    };
    const before = await inodes();
    await at.cells.applyCell(cellOf('canary'));
    await at.cells.applyStore('canary', storeOf('warehouse'));
    await at.cells.secrets.set('canary', 'warehouse', { A: 'b' });
    expect(await inodes()).toEqual(before);
    expect((await readdir(at.root, { recursive: true })).sort()).toEqual([
      'cells',
      'cells/canary',
      'cells/canary/cell.yaml',
      'cells/canary/stores',
      'cells/canary/stores/warehouse.yaml',
      'secrets',
      'secrets/canary',
      'secrets/canary/warehouse.json',
    ]);
  });

  test('are gone after a deletion, with what an earlier one left behind', async () => {
    await at.cells.applyCell(cellOf('canary'));
    await at.cells.secrets.set('canary', 'warehouse', { A: 'b' });
    await mkdir(path('.deleted-0123', 'stores'), { recursive: true });
    await at.cells.deleteCell('canary');
    expect(await readdir(at.root, { recursive: true })).toEqual(['secrets']);
  });

  test('are removed without harm by many deletions at once', async () => {
    const names = Array.from({ length: 15 }, (_, index) => `cell-${index}`);
    for (const name of names)
      await at.cells.applyCell(cellOf(name)).then(() => at.cells.applyStore(name, storeOf('a')));
    expect(await Promise.all(names.map((name) => at.cells.deleteCell(name)))).toEqual(names.map(() => true));
    expect(await readdir(at.root, { recursive: true })).toEqual([]);
  });
});

describe('files edited by hand', () => {
  const cellFile = `# our first cell
apiVersion: datakit.infoblox.dev/v1alpha1
kind: Cell
metadata: {name: canary}
spec:
  namespace: dk-canary # by convention
  labels:
    # promoted by the platform team
    tier: canary
    region: eu
`;

  test('without a Namespace are a cell', async () => {
    await writeHandmade('canary/cell.yaml', cellFile);
    expect(await at.cells.get('canary')).toEqual(
      cellOf('canary', { spec: { labels: { tier: 'canary', region: 'eu' } } }),
    );
  });

  test('are not touched by an apply of the same content', async () => {
    await writeHandmade('canary/cell.yaml', cellFile);
    const same = cellOf('canary', { spec: { labels: { region: 'eu', tier: 'canary' } } });
    expect(await at.cells.applyCell(same)).toBe('unchanged');
    expect(await read('canary', 'cell.yaml')).toBe(cellFile);
  });

  test('keep comments and order where a change leaves the rest', async () => {
    await writeHandmade('canary/cell.yaml', cellFile);
    await at.cells.applyCell(cellOf('canary', { spec: { labels: { zone: 'a', tier: 'beta' } } }));
    expect(await read('canary', 'cell.yaml')).toBe(`# our first cell
apiVersion: datakit.infoblox.dev/v1alpha1
kind: Cell
metadata: { name: canary }
spec:
  namespace: dk-canary # by convention
  labels:
    # promoted by the platform team
    tier: beta
    zone: a
`);
  });

  const two = `${header}
kind: Store
metadata: {name: warehouse}
spec: {connector: postgres, connection: {host: a}}
---
# the lake
${header}
kind: Store
metadata: {name: lake-raw, namespace: dk-canary}
spec: {connector: s3, connection: {bucket: b}}
`;

  test('hold several Stores in a file of any name, and each can change and go alone', async () => {
    await at.cells.applyCell(cellOf('canary'));
    await writeHandmade('canary/stores/all-of-them.yml', two);
    await writeHandmade('canary/stores/README.md', 'not YAML: [');
    const names = async () => (await at.cells.stores('canary')).map(({ store }) => store.metadata.name);
    expect(await names()).toEqual(['lake-raw', 'warehouse']);
    const moved = storeOf('lake-raw', { spec: { connector: 's3', connection: { bucket: 'c' } } });
    expect(await at.cells.applyStore('canary', moved)).toBe('changed');
    expect((await at.cells.store('canary', 'lake-raw'))?.spec.connection).toEqual({ bucket: 'c' });
    expect((await at.cells.store('canary', 'warehouse'))?.spec.connection).toEqual({ host: 'a' });
    expect(await read('canary', 'stores', 'all-of-them.yml')).toContain('# the lake');
    expect(await at.cells.deleteStore('canary', 'warehouse')).toBe(true);
    expect(await names()).toEqual(['lake-raw']);
    expect(await at.cells.deleteStore('canary', 'lake-raw')).toBe(true);
    expect(await readdir(path('canary', 'stores'))).toEqual(['README.md']);
  });

  test('keep their content when a new Store would have got their name', async () => {
    await at.cells.applyCell(cellOf('canary'));
    await writeHandmade('canary/stores/archive.yaml', two);
    await at.cells.applyStore('canary', storeOf('archive'));
    const names = (await at.cells.stores('canary')).map(({ store }) => store.metadata.name);
    expect(names).toEqual(['archive', 'lake-raw', 'warehouse']);
  });

  test('may use anchors, and change without losing what they mean', async () => {
    await at.cells.applyCell(cellOf('canary'));
    const text = `${header}\nkind: Store\nmetadata: {name: a}\nspec: {connector: x, connection: {one: &v 1, two: *v}}\n`;
    await writeHandmade('canary/stores/a.yaml', text);
    const change = storeOf('a', { spec: { connector: 'x', connection: { two: 1, three: 3 } } });
    expect(await at.cells.applyStore('canary', change)).toBe('changed');
    expect((await at.cells.store('canary', 'a'))?.spec).toEqual(change.spec);
  });

  const wrong: readonly (readonly [string, string, string, RegExp])[] = [
    ['YAML that does not parse', 'canary/stores/x.yaml', 'kind: [', /x\.yaml:1:\d+/],
    [
      'an unknown field',
      'canary/stores/x.yaml',
      `${header}\nkind: Store\nmetadata: {name: x}\nspec: {conector: a, connection: {a: b}}`,
      /x\.yaml:4:\d+.*conector/s,
    ],
    [
      'a Store of another namespace',
      'canary/stores/x.yaml',
      `${header}\nkind: Store\nmetadata: {name: x, namespace: dk-b}\nspec: {connector: a, connection: {a: b}}`,
      /dk-b/,
    ],
    [
      'a Store that is there twice',
      'canary/stores/x.yaml',
      `${header}\nkind: Store\nmetadata: {name: warehouse}\nspec: {connector: a, connection: {a: b}}`,
      /twice/,
    ],
    [
      'the Cell of another folder',
      'canary/cell.yaml',
      `${header}\nkind: Cell\nmetadata: {name: stable}\nspec: {namespace: dk-canary}`,
      /Cells in it: stable/,
    ],
    ['no Cell at all', 'canary/cell.yaml', '# nothing yet', /none/],
  ];
  test.each(wrong)('with %s are refused with the place', async (_, file, text, place) => {
    await at.cells.applyCell(cellOf('canary'));
    await at.cells.applyStore('canary', storeOf('warehouse'));
    await writeHandmade(file, text);
    const failure = await at.cells.stores('canary').then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ name: 'Failure', kind: 'invalid' });
    expect([String(failure), ...(failure as { why: string[] }).why].join('\n')).toMatch(place);
    await expect(at.cells.list()).rejects.toMatchObject({ kind: 'invalid' });
  });

  test('of Secrets that are not JSON are refused, without showing their content', async () => {
    await at.cells.applyCell(cellOf('canary'));
    await at.cells.secrets.set('canary', 'warehouse', { A: 'b' });
    const file = join(at.secretsDirectory, 'canary', 'warehouse.json');
    for (const text of ['{"PG_PASS": hunter2}', '{"PG_PASS": {"hunter2": 1}}', '["hunter2"]', '']) {
      await writeFile(file, text);
      const failure = await at.cells.secrets.read('canary', 'warehouse').then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ kind: 'invalid', message: expect.stringContaining(file) });
      expect(JSON.stringify(failure) + String(failure)).not.toContain('hunter2');
    }
  });

  test('in a folder whose name no cell can have are left alone', async () => {
    await writeHandmade('Notes/cell.yaml', 'whatever');
    await writeHandmade('.git/cell.yaml', 'whatever');
    await mkdir(path('empty'));
    expect(await at.cells.list()).toEqual([]);
  });
});

describe('readiness', () => {
  test('is asked for only when wanted, and a cell is ready when all its Stores are', async () => {
    const asked: string[] = [];
    const probe = async (cell: string, { metadata }: { metadata: { name: string } }) => {
      asked.push(`${cell}/${metadata.name}`);
      return metadata.name === 'broken' ? { ready: false, reason: 'connection refused' } : { ready: true };
    };
    const cells = openFileCells({ ...at, probe });
    for (const name of ['good', 'bad']) await cells.applyCell(cellOf(name));
    for (const [cell, store] of [
      ['good', 'fine'],
      ['bad', 'fine'],
      ['bad', 'broken'],
    ] as const) {
      await cells.applyStore(cell, storeOf(store));
    }
    expect((await cells.list()).map(({ ready }) => ready)).toEqual([undefined, undefined]);
    expect((await cells.stores('bad')).map(({ ready }) => ready)).toEqual([undefined, undefined]);
    expect(asked).toEqual([]);
    expect((await cells.list({ probe: true })).map(({ name, ready }) => [name, ready])).toEqual([
      ['bad', false],
      ['good', true],
    ]);
    expect((await cells.stores('bad', { probe: true })).map(({ ready, reason }) => [ready, reason])).toEqual([
      [false, 'connection refused'],
      [true, undefined],
    ]);
  });
});
