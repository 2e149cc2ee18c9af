import { createdAt, listCellNames, readCell } from './file-cells.ts';
import { readStores } from './file-stores.ts';
import type { Layout } from './layout.ts';
import type { CellSummary, StoreSummary } from './repository.ts';
import { type Probe, sparing } from './sparing-probe.ts';

/** So few cells are looked at together that neither open files nor a server's connections run out. */
const atOnce = 4;

/** All cells, by name; those that are deleted meanwhile are left out. */
export async function summarizeCells(layout: Layout, probe: Probe | undefined): Promise<readonly CellSummary[]> {
  const names = listCellNames(layout);
  const look = probe && sparing(probe);
  const summaries: (CellSummary | undefined)[] = [];
  for (let start = 0; start < names.length; start += atOnce) {
    const some = names.slice(start, start + atOnce);
    summaries.push(...(await Promise.all(some.map((name) => summarizeCell(layout, name, look)))));
  }
  return summaries.filter((summary) => summary !== undefined);
}

async function summarizeCell(layout: Layout, name: string, probe: Probe | undefined): Promise<CellSummary | undefined> {
  const cell = await readCell(layout, name);
  if (!cell) return undefined;
  const stores = await summarizeStores(layout, name, probe);
  return {
    name,
    namespace: cell.spec.namespace,
    labels: cell.spec.labels ?? {},
    ready: probe && stores.every(({ ready }) => ready !== false),
    stores: stores.length,
    // Without a cluster there is nothing that packages are deployed to.
    packages: 0,
    createdAt: await createdAt(layout, name),
  };
}

/** The Stores of a cell, by name; without a probe nobody looks whether they are ready. */
export async function summarizeStores(
  layout: Layout,
  cell: string,
  probe: Probe | undefined,
): Promise<readonly StoreSummary[]> {
  const stores = await readStores(layout, cell);
  if (!probe) return stores.map((store) => ({ store, ready: undefined }));
  return Promise.all(stores.map(async (store) => ({ store, ...(await probe(cell, store)) })));
}
