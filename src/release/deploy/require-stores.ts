import { inContext } from '../../cells/hints.ts';
import type { CellRepository } from '../../cells/repository.ts';
import { Failure } from '../../failure.ts';
import { didYouMean } from '../../manifest/near-miss.ts';
import type { Chart } from '../../package/chart/chart.ts';
import { deploymentOf } from '../../package/chart/deployment.ts';
import { packageOfManifests } from '../../package/of-manifests.ts';
import { findCell } from '../../resolve/cell-reference.ts';
import { datasetsOf } from '../../resolve/datasets.ts';
import type { Deployments } from './deployments.ts';

/**
 * Checks that a package finds each of its Stores in its cell, or in the one that an input or output names; a notFound
 * Failure with all that are missing.
 */
export async function requireStores(
  chart: Chart,
  cell: string,
  { cells, cellsIn }: { readonly cells: CellRepository; readonly cellsIn: Deployments['cellsIn'] },
  program: string,
): Promise<void> {
  const wanted = [...storesByCell(chart, cell)];
  const faults = await Promise.all(wanted.map(([reference, stores]) => faultOf(cells, reference, [...stores])));
  const missing = faults.flatMap((fault) => fault ?? []);
  if (missing.length === 0) return;
  throw new Failure('notFound', {
    what: `${chart.name} ${chart.version} cannot run in cell ${cell} of ${cells.where}`,
    why: missing,
    next: cellsIn === 'repo' ? 'Write cells/CELL/stores/STORE.yaml' : howToMakeStores(cells, cell, program),
  });
}

function howToMakeStores(cells: CellRepository, cell: string, program: string): readonly string[] {
  if (cells.context !== undefined) return [`${program} cell apply -f FOLDER${inContext(cells)}`];
  return [`${program} dev up --cell ${cell}`, "In the package's folder it makes the Stores that store/ names"];
}

/** References of cells, as the ports write them, with the names of the Stores that are needed there. */
function storesByCell(chart: Chart, cell: string): ReadonlyMap<string, ReadonlySet<string>> {
  const pkg = packageOfManifests(deploymentOf(chart, { cell }).spec.manifests ?? {});
  const { inputs, outputs } = pkg.transform.value.spec;
  const byCell = new Map<string, Set<string>>();
  for (const port of [...inputs, ...outputs]) {
    const reference = port.cell ?? cell;
    const stores = byCell.get(reference) ?? new Set();
    for (const { spec } of datasetsOf(pkg, port)) stores.add(spec.store);
    byCell.set(reference, stores);
  }
  return byCell;
}

async function faultOf(
  cells: CellRepository,
  reference: string,
  stores: readonly string[],
): Promise<string | undefined> {
  const cell = await findCell(cells, reference).catch((error: unknown) => {
    if (error instanceof Failure && error.kind === 'notFound') return error;
    throw error;
  });
  if (cell instanceof Failure) return `${cell.message}, which would have to hold ${stores.join(', ')}`;
  const there = (await cells.stores(cell)).map(({ store }) => store.metadata.name);
  const missing = stores.filter((name) => !there.includes(name)).map((name) => `${name}${didYouMean(name, there)}`);
  if (missing.length === 0) return undefined;
  return `Cell ${cell} has no Store ${missing.join(', ')}; it has ${there.join(', ') || 'none'}`;
}
