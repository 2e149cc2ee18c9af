import { requireCell } from '../../cells/require-cell.ts';
import type { Context } from '../../context.ts';
import { selectCells } from '../../environment/select.ts';
import { type OutputFormat, printResult } from '../../report/result.ts';
import { plainStore, storeTable } from './store-table.ts';

interface ShowOptions {
  readonly name: string;
  readonly context?: string;
  readonly output: OutputFormat;
}

/** `dk cell show`: a cell with its labels and Stores. */
export async function cellShow(context: Context, { name, context: contextName, output }: ShowOptions): Promise<void> {
  const cells = await selectCells(context, { contextName, writing: false });
  const { metadata, spec } = await requireCell(context, cells, name);
  const stores = await cells.stores(metadata.name, { probe: true });
  const labels = spec.labels ?? {};
  const facts = { name: metadata.name, namespace: spec.namespace, labels, where: cells.where };
  await printResult(context, output, {
    kind: 'Cell',
    data: { ...facts, stores: stores.map(plainStore) },
    table: () =>
      [
        `cell       ${facts.name} (${facts.where})`,
        `namespace  ${facts.namespace}`,
        `labels     ${labelsText(labels)}`,
        '',
        stores.length === 0 ? 'It has no Stores' : storeTable(stores),
      ].join('\n'),
  });
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return pairs.join(', ') || 'none';
}
