import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { header, writeFiles } from './gitops-files.ts';
import { cellOf, storeOf } from './manifests.ts';
import { openTemporary } from './temporary.ts';

let at: Awaited<ReturnType<typeof openTemporary>>;
beforeEach(async () => {
  at = await openTemporary();
});
afterEach(() => at.close());

const path = (...parts: string[]) => join(at.directory, ...parts);
const read = (...parts: string[]) => readFile(path(...parts), 'utf8');

const writeHandmade = (file: string, text: string) => writeFiles(at.directory, { [file]: text });

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
    expect((failure as { next: string[] }).next).not.toEqual([]);
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
