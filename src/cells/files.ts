import { type Parse, parseAnew } from '../tools/parse-memory.ts';
import { applyCell, deleteCell, readCell } from './file-cells.ts';
import { openFileConfigMaps } from './file-config-maps.ts';
import { openFileSecrets } from './file-secrets.ts';
import { applyStore, deleteStore, readStores } from './file-stores.ts';
import { summarizeCells, summarizeStores } from './file-summaries.ts';
import type { Layout } from './layout.ts';
import type { CellRepository } from './repository.ts';
import type { Probe } from './sparing-probe.ts';
import { createTurns } from './turns.ts';

export interface FileCellsOptions extends Omit<Layout, 'inTurn' | 'parse'> {
  /** Parses anew when absent. */
  readonly parse?: Parse;
  /** Without it, nobody knows whether a Store is ready. */
  readonly probe?: Probe;
}

/** Cells as files in the GitOps layout: `cells/<cell>/cell.yaml` and `stores/*.yaml`, and `secrets/<cell>/*.json`. */
export function openFileCells({ probe, parse = parseAnew, ...options }: FileCellsOptions): CellRepository {
  const layout = { ...options, parse, inTurn: createTurns() };
  const cells: CellRepository = {
    where: layout.where,
    secrets: openFileSecrets(layout),
    configMaps: openFileConfigMaps(layout),
    // Files are read in no time.
    snapshot: () => cells,
    list: (wanted) => summarizeCells(layout, wanted?.probe ? probe : undefined),
    get: (cell) => readCell(layout, cell),
    stores: (cell, wanted) => summarizeStores(layout, cell, wanted?.probe ? probe : undefined),
    store: async (cell, name) => (await readStores(layout, cell)).find(({ metadata }) => metadata.name === name),
    applyCell: (cell) => applyCell(layout, cell),
    applyStore: (cell, store) => applyStore(layout, cell, store),
    deleteStore: (cell, name) => deleteStore(layout, cell, name),
    deleteCell: (cell) => deleteCell(layout, cell),
  };
  return cells;
}
