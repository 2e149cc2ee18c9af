import { inContext } from '../cells/hints.ts';
import type { CellRepository } from '../cells/repository.ts';
import { lookUpCellSecret } from '../cells/secrets.ts';
import { Failure } from '../failure.ts';
import type { Package } from '../manifest/manifest.ts';
import { didYouMean } from '../manifest/near-miss.ts';
import type { Store } from '../manifest/schema/store.ts';
import { connectorOf } from '../package/connectors.ts';
import type { MissingValue } from './missing-keys.ts';
import { packageLookUp } from './package-keys.ts';
import type { LookUp } from './placeholders.ts';
import type { PlacedDataSet } from './ports.ts';
import type { Where } from './resolve.ts';
import type { ResolvedStore } from './run-spec.ts';
import { connectorType, resolveStore } from './store.ts';

/** The Stores of a run, each once, and the keys that were found nowhere. */
export interface ResolvedStores {
  readonly stores: readonly ResolvedStore[];
  readonly missing: readonly MissingValue[];
}

export async function resolveStores(
  pkg: Package,
  datasets: readonly PlacedDataSet[],
  where: Where,
): Promise<ResolvedStores> {
  const wanted = new Map(
    datasets.map(({ cell, dataset }) => [`${cell ?? ''}/${dataset.spec.store}`, { cell, name: dataset.spec.store }]),
  );
  const resolutions = await Promise.all(
    [...wanted.values()].map(({ cell, name }) => resolveOne(pkg, cell, name, where)),
  );
  return {
    stores: resolutions.map(({ resolved }) => resolved),
    missing: resolutions.flatMap(({ resolved: { name, cell }, missing }) =>
      missing.map((key) => ({ ...key, owner: ownerOf(name, cell), cell, secret: name })),
    ),
  };
}

function ownerOf(store: string, cell: string | undefined): string {
  return `Store ${store}${cell === undefined ? '' : ` of cell ${cell}`}`;
}

async function resolveOne(pkg: Package, cell: string | undefined, name: string, where: Where) {
  const { store, lookUp } =
    cell === undefined ? packageStore(pkg, name, where) : await cellStore(await where.cells(), cell, name, where);
  const connector = connectorType(store, pkg);
  const declaredSecret = connectorOf(store, pkg.connectors)?.fields?.secret ?? [];
  return resolveStore(store, { cell, connector, declaredSecret, reach: where.reach, lookUp });
}

interface Found {
  readonly store: Store;
  readonly lookUp: LookUp;
}

function packageStore(pkg: Package, name: string, { keys, reach, program = 'dk' }: Where): Found {
  const store = pkg.stores.find(({ value }) => value.metadata.name === name)?.value;
  if (store) return { store, lookUp: packageLookUp(keys, store, connectorType(store, pkg), reach) };
  const names = pkg.stores.map(({ value }) => value.metadata.name);
  throw new Failure('notFound', {
    what: `The package has no Store ${name} in store/${didYouMean(name, names)}`,
    why: `It has ${names.join(', ') || 'none'}`,
    next: [`Write store/${name}.yaml`, `Or run against a cell that has the Store: ${program} run --cell NAME`],
  });
}

async function cellStore(cells: CellRepository, cell: string, name: string, { program = 'dk' }: Where): Promise<Found> {
  const store = await cells.store(cell, name);
  if (store) return { store, lookUp: (key) => lookUpCellSecret(cells, cell, name, key) };
  const names = (await cells.stores(cell)).map((each) => each.store.metadata.name);
  throw new Failure('notFound', {
    what: `Cell ${cell} has no Store ${name}${didYouMean(name, names)}`,
    why: `It has ${names.join(', ') || 'none'} (${cells.where})`,
    next:
      cells.context === undefined
        ? [
            `${program} dev up --cell ${cell}`,
            "In the package's folder it makes the Stores that store/ names, on the cell's own database and bucket",
          ]
        : `${program} cell stores ${cell}${inContext(cells)}`,
  });
}
