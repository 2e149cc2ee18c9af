import { requireCell } from '../../cells/require-cell.ts';
import type { Context } from '../../context.ts';
import { selectCells } from '../../environment/select.ts';
import { type OutputFormat, printResult } from '../../report/result.ts';
import { plainStore, storeTable } from './store-table.ts';

interface StoresOptions {
  readonly name: string;
  readonly context?: string;
  readonly output: OutputFormat;
}

/** `dk cell stores`: the Stores of a cell, and whether each can be reached. */
export async function cellStores(
  context: Context,
  { name, context: contextName, output }: StoresOptions,
): Promise<void> {
  const cells = await selectCells(context, { contextName, writing: false });
  const { metadata } = await requireCell(context, cells, name);
  const stores = await cells.stores(metadata.name, { probe: true });
  await printResult(context, output, {
    kind: 'StoreList',
    data: { cell: metadata.name, stores: stores.map(plainStore) },
    table: () => storeTable(stores),
  });
}
