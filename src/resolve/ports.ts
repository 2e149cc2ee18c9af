import type { Package } from '../manifest/manifest.ts';
import type { DataSet } from '../manifest/schema/dataset.ts';
import type { Port } from '../manifest/schema/transform.ts';
import { checkVersion } from './dataset-version.ts';
import { datasetsOf } from './datasets.ts';
import type { ResolvedPort, ResolvedStore } from './run-spec.ts';

/** A data set with the cell whose Store holds it; undefined for the package's own `store/`. */
export interface PlacedDataSet {
  readonly dataset: DataSet;
  readonly cell: string | undefined;
}

/** The data sets of inputs or outputs; `cellOf` knows the cell that a port names. */
export async function placeDataSets(
  pkg: Package,
  ports: readonly Port[],
  cellOf: (port: Port) => Promise<string | undefined>,
): Promise<readonly PlacedDataSet[]> {
  const placed = ports.map(async (port) => {
    const cell = await cellOf(port);
    const datasets = datasetsOf(pkg, port);
    for (const dataset of datasets) await checkVersion(dataset, port);
    return datasets.map((dataset) => ({ dataset, cell }));
  });
  return (await Promise.all(placed)).flat();
}

export function describePort({ dataset, cell }: PlacedDataSet, stores: readonly ResolvedStore[]): ResolvedPort {
  const { store, table, prefix, topic, format, schema } = dataset.spec;
  const connector = stores.find((each) => each.name === store && each.cell === cell)?.connector ?? '';
  return {
    dataset: dataset.metadata.name,
    cell,
    store,
    connector,
    ...(table === undefined ? {} : { table }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(topic === undefined ? {} : { topic }),
    ...(format === undefined ? {} : { format }),
    schema: schema ?? [],
  };
}
