import { expect, test } from 'vitest';
import type { CellRepository } from '../../src/cells/repository.ts';
import { cellOf, storeOf, trickyStrings } from './manifests.ts';

/** The part of the contract that is about cells. */
export function describeCells(cells: () => CellRepository): void {
  test('an empty repository lists no cell', async () => {
    expect(await cells().list()).toEqual([]);
    expect(await cells().list({ probe: true })).toEqual([]);
  });

  test('a cell that does not exist reads as undefined, with no Stores, Secrets and ConfigMaps', async () => {
    expect(await cells().get('canary')).toBeUndefined();
    expect(await cells().stores('canary')).toEqual([]);
    expect(await cells().stores('canary', { probe: true })).toEqual([]);
    expect(await cells().store('canary', 'warehouse')).toBeUndefined();
    expect(await cells().secrets.read('canary', 'warehouse')).toBeUndefined();
    expect(await cells().secrets.list('canary')).toEqual([]);
    expect(await cells().configMaps.read('canary', 'settings')).toBeUndefined();
  });

  test('a cell reads back as it was applied', async () => {
    const canary = cellOf('canary', { spec: { labels: { tier: 'canary', region: 'us-east-1' } } });
    expect(await cells().applyCell(canary)).toBe('created');
    expect(await cells().get('canary')).toEqual(canary);
  });

  test('applying the same cell again changes nothing', async () => {
    await cells().applyCell(cellOf('canary', { spec: { labels: { a: '1', b: '2' } } }));
    expect(await cells().applyCell(cellOf('canary', { spec: { labels: { b: '2', a: '1' } } }))).toBe('unchanged');
  });

  test('applying another content replaces the old one whole', async () => {
    await cells().applyCell(cellOf('canary', { spec: { labels: { old: '1', tier: 'dev' } } }));
    const next = cellOf('canary', { spec: { labels: { tier: 'canary' } } });
    expect(await cells().applyCell(next)).toBe('changed');
    expect(await cells().get('canary')).toEqual(next);
    expect(await cells().applyCell(next)).toBe('unchanged');
  });

  test('labels and annotations of any text go there and back', async () => {
    const labels = { 'app.kubernetes.io/managed-by': 'dk', 'datakit.infoblox.dev/environment': 'e7f0' };
    const canary = cellOf('canary', {
      metadata: { labels, annotations: trickyStrings },
      spec: { labels: trickyStrings },
    });
    await cells().applyCell(canary);
    expect(await cells().get('canary')).toEqual(canary);
    expect(await cells().applyCell(canary)).toBe('unchanged');
  });

  test('a status is not applied', async () => {
    await cells().applyCell({ ...cellOf('canary'), status: { ready: true, storeCount: 7 } });
    expect(await cells().get('canary')).toEqual(cellOf('canary'));
    expect(await cells().applyCell({ ...cellOf('canary'), status: { ready: false } })).toBe('unchanged');
  });

  test('cells are listed by name, with namespace, labels and number of Stores', async () => {
    const before = Date.now() - 5_000;
    for (const name of ['us-east', 'canary', 'canary-2']) await cells().applyCell(cellOf(name));
    await cells().applyCell(cellOf('canary', { spec: { labels: { tier: 'canary' } } }));
    await cells().applyStore('canary', storeOf('warehouse'));
    const list = await cells().list();
    expect(list.map(({ name }) => name)).toEqual(['canary', 'canary-2', 'us-east']);
    expect(list[0]).toMatchObject({ namespace: 'dk-canary', labels: { tier: 'canary' }, stores: 1, packages: 0 });
    expect(list[1]).toMatchObject({ namespace: 'dk-canary-2', labels: {}, stores: 0 });
    const created = list[0]?.createdAt?.getTime();
    if (created !== undefined) expect(created).toBeGreaterThan(before);
  });

  test('a namespace that is not dk-<cell> is honoured', async () => {
    await cells().applyCell(cellOf('canary', { spec: { namespace: 'payments' } }));
    await cells().applyStore('canary', storeOf('warehouse'));
    expect((await cells().store('canary', 'warehouse'))?.metadata.namespace).toBe('payments');
    expect((await cells().list())[0]?.namespace).toBe('payments');
  });

  test('a cell cannot move to another namespace', async () => {
    await cells().applyCell(cellOf('canary'));
    const moved = cellOf('canary', { spec: { namespace: 'elsewhere' } });
    await expect(cells().applyCell(moved)).rejects.toMatchObject({ name: 'Failure', kind: 'conflict' });
    expect(await cells().get('canary')).toEqual(cellOf('canary'));
  });

  test.each([
    '../canary',
    'a/b',
    '',
    '.',
    'Canary',
    'a--b',
    'infra',
    'system',
    'a'.repeat(41),
    'cell\n',
  ])('the name %j is refused in writing, and names nothing in reading', async (name) => {
    await expect(cells().applyCell(cellOf(name, { spec: { namespace: 'dk-x' } }))).rejects.toMatchObject({
      kind: 'invalid',
    });
    await expect(cells().applyStore(name, storeOf('warehouse'))).rejects.toMatchObject({ kind: 'invalid' });
    await expect(cells().deleteCell(name)).rejects.toMatchObject({ kind: 'invalid' });
    expect(await cells().get(name)).toBeUndefined();
    expect(await cells().stores(name)).toEqual([]);
    expect(await cells().secrets.read(name, 'warehouse')).toBeUndefined();
  });

  test('applies of one cell at once all succeed, and one of them stands', async () => {
    const variants = [1, 2, 3, 4, 5, 6].map((n) => cellOf('canary', { spec: { labels: { variant: String(n) } } }));
    const outcomes = await Promise.all(variants.map((variant) => cells().applyCell(variant)));
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(variants).toContainEqual(await cells().get('canary'));
  });

  test('deleting a cell removes its Stores, Secrets and ConfigMaps', async () => {
    const build = async () => {
      await cells().applyCell(cellOf('canary'));
      await cells().applyCell(cellOf('stable'));
    };
    await build();
    for (const cell of ['canary', 'stable']) {
      await cells().applyStore(cell, storeOf('warehouse'));
      await cells().secrets.set(cell, 'warehouse', { PG_PASS: 'x' });
      await cells().configMaps.apply(cell, 'settings', { a: 'b' });
    }
    expect(await cells().deleteCell('canary')).toBe(true);
    expect((await cells().list()).map(({ name }) => name)).toEqual(['stable']);
    await build();
    expect(await cells().stores('canary')).toEqual([]);
    expect(await cells().secrets.list('canary')).toEqual([]);
    expect(await cells().configMaps.read('canary', 'settings')).toBeUndefined();
    expect(await cells().stores('stable')).toHaveLength(1);
    expect(await cells().secrets.read('stable', 'warehouse')).toEqual({ PG_PASS: 'x' });
  });

  test('deleting a cell that is not there says so', async () => {
    expect(await cells().deleteCell('canary')).toBe(false);
    await cells().applyCell(cellOf('canary'));
    expect(await cells().deleteCell('canary')).toBe(true);
    expect(await cells().deleteCell('canary')).toBe(false);
  });
}
