import type { CellRepository } from '../cells/repository.ts';
import { lookUpCellSecret } from '../cells/secrets.ts';
import { secretValuesOf } from '../resolve/secret-values.ts';
import { connectorType, resolveStore } from '../resolve/store.ts';

/** The secret values of every Store of every cell, which the servers' own words are never to be shown with. */
export async function secretsOfCells(cells: CellRepository): Promise<readonly string[]> {
  const names = (await cells.list()).map(({ name }) => name);
  return (await Promise.all(names.map((cell) => secretsOfCell(cells, cell)))).flat();
}

async function secretsOfCell(cells: CellRepository, cell: string): Promise<readonly string[]> {
  const stores = (await cells.stores(cell)).map(({ store }) => store);
  const resolved = await Promise.all(
    stores.map((store) => {
      const lookUp = (key: string) => lookUpCellSecret(cells, cell, store.metadata.name, key);
      return resolveStore(store, { cell, connector: connectorType(store, { connectors: [] }), reach: 'host', lookUp });
    }),
  );
  return resolved.flatMap(({ resolved: store }) => secretValuesOf(store));
}
