import type { Store } from '../manifest/schema/store.ts';
import { applyCell, createdAt, deleteCell, listCellNames, readCell } from './file-cells.ts';
import { openFileConfigMaps } from './file-config-maps.ts';
import { openFileSecrets } from './file-secrets.ts';
import { applyStore, deleteStore, readStores } from './file-stores.ts';
import type { Layout } from './layout.ts';
import type { CellRepository, CellSummary, StoreSummary } from './repository.ts';

/** Connects to a Store of a cell. */
export type Probe = (cell: string, store: Store) => Promise<{ readonly ready: boolean; readonly reason?: string }>;

export interface FileCellsOptions extends Layout {
  /** Without it, nobody knows whether a Store is ready. */
  readonly probe?: Probe;
}

/** Cells as files in the GitOps layout: `cells/<cell>/cell.yaml` and `stores/*.yaml`, and `secrets/<cell>/*.json`. */
export function openFileCells(layout: FileCellsOptions): CellRepository {
  return {
    where: layout.where,
    secrets: openFileSecrets(layout),
    configMaps: openFileConfigMaps(layout),
    list: (options) => listCells(layout, options?.probe ?? false),
    get: (cell) => readCell(layout, cell),
    stores: (cell, options) => summarizeStores(layout, cell, options?.probe ?? false),
    store: async (cell, name) => (await readStores(layout, cell)).find(({ metadata }) => metadata.name === name),
    applyCell: (cell) => applyCell(layout, cell),
    applyStore: (cell, store) => applyStore(layout, cell, store),
    deleteStore: (cell, name) => deleteStore(layout, cell, name),
    deleteCell: (cell) => deleteCell(layout, cell),
  };
}

/** So many cells are read at once that neither open files nor connections run out. */
const atOnce = 16;

async function listCells(layout: FileCellsOptions, probe: boolean): Promise<readonly CellSummary[]> {
  const names = await listCellNames(layout);
  const summaries: (CellSummary | undefined)[] = [];
  for (let start = 0; start < names.length; start += atOnce) {
    const some = names.slice(start, start + atOnce);
    summaries.push(...(await Promise.all(some.map((name) => summarizeCell(layout, name, probe)))));
  }
  return summaries.filter((summary) => summary !== undefined);
}

/** Undefined for a cell that was deleted meanwhile. */
async function summarizeCell(layout: FileCellsOptions, name: string, probe: boolean): Promise<CellSummary | undefined> {
  const cell = await readCell(layout, name);
  if (!cell) return undefined;
  const stores = await summarizeStores(layout, name, probe);
  return {
    name,
    namespace: cell.spec.namespace,
    labels: cell.spec.labels ?? {},
    ready: probe && stores.every(({ ready }) => ready !== undefined) ? stores.every(({ ready }) => ready) : undefined,
    stores: stores.length,
    // Without a cluster there is nothing to deploy packages to.
    packages: 0,
    createdAt: await createdAt(layout, name),
  };
}

async function summarizeStores(
  { probe: connect, ...layout }: FileCellsOptions,
  cell: string,
  probe: boolean,
): Promise<readonly StoreSummary[]> {
  const stores = await readStores(layout, cell);
  if (!probe || !connect) return stores.map((store) => ({ store, ready: undefined }));
  return Promise.all(stores.map(async (store) => ({ store, ...(await connect(cell, store)) })));
}
