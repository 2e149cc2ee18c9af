import { requireCell } from '../../cells/require-cell.ts';
import type { Context } from '../../context.ts';
import type { Cell } from '../../manifest/schema/cell.ts';
import type { Deployments } from './deployments.ts';

/** The cell that is deployed to; undefined where nobody here can know it, a notFound Failure where it is known not to be there. */
export async function requireTarget(
  context: Context,
  { cells, cellsIn }: Deployments,
  name: string,
): Promise<Cell | undefined> {
  if (!cells) return undefined;
  return requireCell(context, cells, name, cellsIn === 'repo' ? `Write cells/${name}/cell.yaml` : undefined);
}
