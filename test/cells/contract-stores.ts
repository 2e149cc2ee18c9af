import { expect, test } from 'vitest';
import type { CellRepository } from '../../src/cells/repository.ts';
import { cellOf, storeOf, trickyStrings } from './manifests.ts';

/** The part of the contract that is about Stores. */
export function describeStores(cells: () => CellRepository): void {
  const inCanary = (store: ReturnType<typeof storeOf>) => {
    const { name, ...metadata } = store.metadata;
    return { ...store, metadata: { name, namespace: 'dk-canary', ...metadata } };
  };

  test('a Store reads back as it was applied, with the namespace of its cell', async () => {
    await cells().applyCell(cellOf('canary'));
    const store = storeOf('warehouse', { metadata: { labels: { a: 'b' }, annotations: trickyStrings } });
    expect(await cells().applyStore('canary', store)).toBe('created');
    expect(await cells().store('canary', 'warehouse')).toEqual(inCanary(store));
    expect(await cells().store('canary', 'warehous')).toBeUndefined();
  });

  test('a Store comes into the namespace of its cell, whatever its manifest says', async () => {
    await cells().applyCell(cellOf('canary'));
    await cells().applyStore('canary', storeOf('warehouse', { metadata: { namespace: 'dk-stable' } }));
    expect(await cells().store('canary', 'warehouse')).toEqual(inCanary(storeOf('warehouse')));
    expect(await cells().applyStore('canary', storeOf('warehouse'))).toBe('unchanged');
  });

  test('a connection keeps its scalars: numbers, booleans and strings of every kind', async () => {
    await cells().applyCell(cellOf('canary'));
    const connection = { ...trickyStrings, port: 5432, share: 0.25, negative: -1, tls: true, plain: false };
    const store = storeOf('warehouse', {
      spec: { connection, secrets: { password: '${PG_PASS}', user: '${PG_USER}' } },
    });
    await cells().applyStore('canary', store);
    expect((await cells().store('canary', 'warehouse'))?.spec).toEqual(store.spec);
    expect(await cells().applyStore('canary', store)).toBe('unchanged');
  });

  test('applying another content replaces the old one whole', async () => {
    await cells().applyCell(cellOf('canary'));
    await cells().applyStore('canary', storeOf('lake', { spec: { connection: { bucket: 'a', prefix: 'b' } } }));
    const next = storeOf('lake', { spec: { connector: 's3', connection: { bucket: 'c' } } });
    expect(await cells().applyStore('canary', next)).toBe('changed');
    expect(await cells().store('canary', 'lake')).toEqual(inCanary(next));
    expect(await cells().applyStore('canary', next)).toBe('unchanged');
  });

  test('a status is not applied', async () => {
    await cells().applyCell(cellOf('canary'));
    await cells().applyStore('canary', { ...storeOf('warehouse'), status: { ready: true } });
    expect(await cells().store('canary', 'warehouse')).toEqual(inCanary(storeOf('warehouse')));
    expect(await cells().applyStore('canary', { ...storeOf('warehouse'), status: { ready: false } })).toBe('unchanged');
  });

  test('Stores are listed by name', async () => {
    await cells().applyCell(cellOf('canary'));
    for (const name of ['warehouse', 'lake-raw', 'archive']) await cells().applyStore('canary', storeOf(name));
    const names = (await cells().stores('canary')).map(({ store }) => store.metadata.name);
    expect(names).toEqual(['archive', 'lake-raw', 'warehouse']);
  });

  test('Stores of the same name in two cells are two Stores', async () => {
    for (const cell of ['canary', 'stable']) {
      await cells().applyCell(cellOf(cell));
      await cells().applyStore(cell, storeOf('warehouse', { spec: { connection: { host: `${cell}-db` } } }));
    }
    expect((await cells().store('canary', 'warehouse'))?.spec.connection).toEqual({ host: 'canary-db' });
    expect((await cells().store('stable', 'warehouse'))?.spec.connection).toEqual({ host: 'stable-db' });
  });

  test('a Store is deleted once, and leaves the others', async () => {
    await cells().applyCell(cellOf('canary'));
    for (const name of ['warehouse', 'lake-raw']) await cells().applyStore('canary', storeOf(name));
    expect(await cells().deleteStore('canary', 'warehouse')).toBe(true);
    expect(await cells().deleteStore('canary', 'warehouse')).toBe(false);
    expect((await cells().stores('canary')).map(({ store }) => store.metadata.name)).toEqual(['lake-raw']);
  });

  test('writing a Store into a cell that does not exist is refused and makes nothing', async () => {
    const refused = { name: 'Failure', kind: 'notFound', message: expect.stringContaining('canary') };
    await expect(cells().applyStore('canary', storeOf('warehouse'))).rejects.toMatchObject(refused);
    await expect(cells().deleteStore('canary', 'warehouse')).rejects.toMatchObject(refused);
    expect(await cells().list()).toEqual([]);
  });

  test.each(['../cell', 'a/b', '', 'Warehouse', 'a'.repeat(64)])('the Store name %j is refused', async (name) => {
    await cells().applyCell(cellOf('canary'));
    await expect(cells().applyStore('canary', storeOf(name))).rejects.toMatchObject({ kind: 'invalid' });
    expect(await cells().store('canary', name)).toBeUndefined();
    expect(await cells().deleteStore('canary', name)).toBe(false);
  });

  test('applies of many Stores at once all arrive', async () => {
    await cells().applyCell(cellOf('canary'));
    const names = Array.from({ length: 12 }, (_, index) => `store-${String(index).padStart(2, '0')}`);
    await Promise.all(names.map((name) => cells().applyStore('canary', storeOf(name))));
    expect((await cells().stores('canary')).map(({ store }) => store.metadata.name)).toEqual(names);
  });

  test('applies of one Store at once all succeed, and one of them stands', async () => {
    await cells().applyCell(cellOf('canary'));
    const variants = [1, 2, 3, 4, 5, 6].map((port) => storeOf('warehouse', { spec: { connection: { port } } }));
    const outcomes = await Promise.all(variants.map((variant) => cells().applyStore('canary', variant)));
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(variants.map(inCanary)).toContainEqual(await cells().store('canary', 'warehouse'));
  });
}
