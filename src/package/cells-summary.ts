import type { CellBundle } from '../cells/repository.ts';
import { formatTable } from '../report/table.ts';

/** A cell of a GitOps folder with its Stores; plain data, without any value of a Store. */
export interface CellFolderSummary {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly stores: readonly { readonly name: string; readonly connector: string }[];
}

/** Cells as `dk show` shows them, by name. */
export function summarizeCells(bundles: readonly CellBundle[]): readonly CellFolderSummary[] {
  const cells = bundles.map(({ cell, stores }) => ({
    name: cell.metadata.name,
    namespace: cell.spec.namespace,
    labels: cell.spec.labels ?? {},
    stores: stores.map(({ metadata, spec }) => ({ name: metadata.name, connector: spec.connector })),
  }));
  return cells.sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** One line for each cell, for people. */
export function cellsText(cells: readonly CellFolderSummary[]): string {
  const rows = cells.map(({ name, namespace, labels, stores }) => [
    name,
    namespace,
    Object.entries(labels)
      .map((pair) => pair.join('='))
      .join(',') || '-',
    stores.map((store) => `${store.name} (${store.connector})`).join(', ') || '-',
  ]);
  return formatTable(['CELL', 'NAMESPACE', 'LABELS', 'STORES'], rows);
}
