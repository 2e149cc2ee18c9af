import type { AppliedResource } from '../../cells/apply-bundle.ts';
import type { Context } from '../../context.ts';
import { type OutputFormat, printNote, printResult } from '../../report/result.ts';
import { formatTable } from '../../report/table.ts';

/** What became of one cell. */
export interface AppliedCell {
  readonly cell: string;
  readonly resources: readonly AppliedResource[];
}

/** Prints what `cell apply` and `cell create` did. */
export function printApplied(context: Context, output: OutputFormat, cells: readonly AppliedCell[]): Promise<void> {
  const rows = cells.flatMap(({ cell, resources }) =>
    resources.map(({ kind, name, outcome }) => [cell, kind, name, outcome]),
  );
  const table = () => formatTable(['CELL', 'KIND', 'NAME', 'OUTCOME'], rows);
  return printResult(context, output, { kind: 'AppliedCells', data: { cells }, table });
}

/** Names on stderr what of a folder was not applied. */
export async function noteSkipped(context: Context, skipped: readonly string[]): Promise<void> {
  for (const each of skipped) await printNote(context, `skipped ${each}: a cell holds Stores, Secrets and ConfigMaps`);
}
