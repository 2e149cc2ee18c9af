import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyBundle, renameBundle } from '../../src/cells/apply-bundle.ts';
import { cellOf, storeOf } from './manifests.ts';
import { openTemporary } from './temporary.ts';

let at: Awaited<ReturnType<typeof openTemporary>>;
beforeEach(async () => {
  at = await openTemporary();
});
afterEach(() => at.close());

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
