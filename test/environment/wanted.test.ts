import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { standardStores, wantedCell, wantedStore } from '../../src/environment/desired.ts';
import { storesOfPackage, wantedCells } from '../../src/environment/wanted.ts';
import { type Cells, openCells, packageOf, s3Spec, store } from '../resolve/given.ts';

const id = '6f1c9a52-0d3e-4b07-9d3b-0a0a6a5b2c11';
const at = { address: '127.0.0.1:1', host: '127.0.0.1:1' };
const reports = { name: 'reports', connector: 'postgres' } as const;

let cells: Cells;
beforeEach(async () => {
  cells = await openCells();
});
afterEach(() => cells.close());

const namesOf = (wanted: Awaited<ReturnType<typeof wantedCells>>) => wanted.map(({ name }) => name);
const storesIn = (wanted: Awaited<ReturnType<typeof wantedCells>>, cell: string) =>
  wanted.find(({ name }) => name === cell)?.stores;

describe('storesOfPackage', () => {
  test('asks for nothing without a package', () => {
    expect(storesOfPackage(undefined)).toEqual({ wanted: [], notProvided: [] });
  });

  test('asks for every Store beyond the standard ones, and names those that nobody provides', () => {
    const connector = {
      apiVersion: 'datakit.infoblox.dev/v1alpha1',
      kind: 'Connector' as const,
      metadata: { name: 'main-db' },
      spec: { type: 'postgres', capabilities: ['source' as const] },
    };
    const stores = [
      store('warehouse'),
      store('reports', { connector: 'main-db' }),
      store('archive', s3Spec),
      store('bus', { connector: 'kafka' }),
    ];
    expect(storesOfPackage(packageOf({ stores, connectors: [connector] }))).toEqual({
      wanted: [reports, { name: 'archive', connector: 's3' }],
      notProvided: [{ name: 'bus', connector: 'kafka' }],
    });
  });
});

describe('wantedCells', () => {
  test('are cell:local and those asked for, each once, with the standard Stores', async () => {
    const wanted = await wantedCells(cells.cells, id, ['canary', 'cell:canary', 'local'], []);
    expect(wanted).toEqual([
      { name: 'local', stores: standardStores },
      { name: 'canary', stores: standardStores },
    ]);
  });

  test('refuse an impossible name', async () => {
    await expect(wantedCells(cells.cells, id, ['infra'], [])).rejects.toMatchObject({ kind: 'usage' });
  });

  test('have the further Stores of the package in every cell', async () => {
    const wanted = await wantedCells(cells.cells, id, ['canary'], [reports]);
    for (const cell of ['local', 'canary']) expect(storesIn(wanted, cell)).toEqual([...standardStores, reports]);
  });

  test('are those made before too, and nobody else’s', async () => {
    await cells.cells.applyCell(wantedCell('before', id));
    await cells.cells.applyCell(wantedCell('elsewhere', 'another-environment'));
    await cells.add('by-hand');
    expect(namesOf(await wantedCells(cells.cells, id, [], []))).toEqual(['local', 'before']);
  });

  test('keep the Stores that were made for the package of another folder', async () => {
    await cells.cells.applyCell(wantedCell('local', id));
    await cells.cells.applyStore('local', wantedStore('local', reports, id, at));
    await cells.cells.applyStore('local', store('by-hand'));
    const wanted = await wantedCells(cells.cells, id, [], [{ name: 'archive', connector: 's3' }]);
    expect(storesIn(wanted, 'local')).toEqual([...standardStores, reports, { name: 'archive', connector: 's3' }]);
  });

  test('have the standard Stores as they should be, though somebody changed the connector of one', async () => {
    await cells.cells.applyCell(wantedCell('local', id));
    await cells.cells.applyStore('local', wantedStore('local', { name: 'warehouse', connector: 's3' }, id, at));
    expect(storesIn(await wantedCells(cells.cells, id, [], []), 'local')).toEqual(standardStores);
  });
});
