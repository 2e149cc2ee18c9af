import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { header } from './gitops-files.ts';
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
