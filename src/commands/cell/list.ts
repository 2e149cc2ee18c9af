import type { CellSummary } from '../../cells/repository.ts';
import type { Context } from '../../context.ts';
import { selectCells } from '../../environment/select.ts';
import { type OutputFormat, printResult } from '../../report/result.ts';
import { formatAge, formatTable } from '../../report/table.ts';

interface ListOptions {
  readonly context?: string;
  readonly output: OutputFormat;
}

const columns = ['NAME', 'NAMESPACE', 'READY', 'STORES', 'PACKAGES', 'AGE'];

/** `dk cell list`: every cell, and whether all its Stores can be reached. */
export async function cellList(context: Context, { context: contextName, output }: ListOptions): Promise<void> {
  const cells = await selectCells(context, { contextName, writing: false });
  const list = await cells.list({ probe: true });
  const now = context.now();
  await printResult(context, output, {
    kind: 'CellList',
    data: { cells: list.map(plainSummary) },
    table: () =>
      formatTable(
        columns,
        list.map((cell) => row(cell, now)),
      ),
  });
}

/** A cell as JSON tells it; what nobody knows is null. */
function plainSummary({ ready, createdAt, ...rest }: CellSummary) {
  return { ...rest, ready: ready ?? null, createdAt: createdAt?.toISOString() ?? null };
}

/** `-` where nobody has looked. */
export function readyText(ready: boolean | undefined): string {
  return ready === undefined ? '-' : String(ready);
}

function row({ name, namespace, ready, stores, packages, createdAt }: CellSummary, now: Date): readonly string[] {
  return [name, namespace, readyText(ready), String(stores), String(packages), formatAge(createdAt, now)];
}
