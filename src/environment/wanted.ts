import { parseCellName } from '../cells/names.ts';
import { isMadeByEnvironment } from '../cells/ownership.ts';
import type { CellRepository } from '../cells/repository.ts';
import type { Package } from '../manifest/manifest.ts';
import { connectorType } from '../resolve/store.ts';
import type { WantedCell } from './cell-steps/world.ts';
import { type Provided, standardStores, type WantedStore } from './desired.ts';

/** The Stores that a package's `store/` asks for, and those that no local environment provides. */
export interface PackageStores {
  readonly wanted: readonly WantedStore[];
  readonly notProvided: readonly { readonly name: string; readonly connector: string }[];
}

export function storesOfPackage(pkg: Package | undefined): PackageStores {
  const further = (pkg?.stores ?? [])
    .map(({ value }) => ({ name: value.metadata.name, connector: connectorType(value, pkg ?? { connectors: [] }) }))
    .filter(({ name }) => !standardStores.some((standard) => standard.name === name));
  return {
    wanted: further.flatMap(({ name, connector }) => (isProvided(connector) ? [{ name, connector }] : [])),
    notProvided: further.filter(({ connector }) => !isProvided(connector)),
  };
}

/**
 * cell:local, the cells asked for, and those that this environment made before, with what they hold already: as the
 * repository says where it can be asked, and as is `remembered` of them.
 */
export async function wantedCells(
  cells: CellRepository | undefined,
  environmentId: string,
  asked: readonly string[],
  further: readonly WantedStore[],
  remembered: readonly WantedCell[] = [],
): Promise<readonly WantedCell[]> {
  const found = cells ? await cellsOf(cells, environmentId) : [];
  const names = new Set(['local', ...asked.map(parseCellName), ...remembered.map(({ name }) => name), ...found]);
  return Promise.all(
    [...names].map(async (name) => {
      const before = remembered.find((cell) => cell.name === name)?.stores ?? [];
      const held = cells ? await storesOf(cells, environmentId, name) : [];
      return { name, stores: merge(standardStores, before, held, further, standardStores) };
    }),
  );
}

async function cellsOf(cells: CellRepository, environmentId: string): Promise<readonly string[]> {
  const names = (await cells.list()).map(({ name }) => name);
  const found = await Promise.all(names.map((name) => cells.get(name)));
  return found.flatMap((cell) => (cell && isMadeByEnvironment(cell, environmentId) ? cell.metadata.name : []));
}

/** Stores made for the package of another folder are kept. */
async function storesOf(cells: CellRepository, environmentId: string, cell: string): Promise<readonly WantedStore[]> {
  if (!(await cells.get(cell))) return [];
  return (await cells.stores(cell))
    .filter(({ store }) => isMadeByEnvironment(store, environmentId))
    .flatMap(({ store }) => {
      const { connector } = store.spec;
      return isProvided(connector) ? [{ name: store.metadata.name, connector }] : [];
    });
}

function isProvided(connector: string): connector is Provided {
  return connector === 'postgres' || connector === 's3';
}

/** Of two Stores of one name the later one holds, in the place of the earlier. */
function merge(...lists: readonly (readonly WantedStore[])[]): readonly WantedStore[] {
  return [...new Map(lists.flat().map((store) => [store.name, store])).values()];
}
