import { howToMakeCell, inContext } from '../../cells/hints.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { didYouMean, nearMiss } from '../../manifest/near-miss.ts';
import type { Cell } from '../../manifest/schema/cell.ts';
import type { Deployments } from './deployments.ts';

/** The cell that is deployed to; undefined where nobody here can know it, a notFound Failure where it is known not to be there. */
export async function requireTarget(
  { program }: Context,
  { cells, cellsIn }: Deployments,
  name: string,
): Promise<Cell | undefined> {
  if (!cells) return undefined;
  const cell = await cells.get(name);
  if (cell) return cell;
  const names = (await cells.list()).map((each) => each.name);
  const next = () => {
    if (cellsIn === 'repo') return `Write cells/${name}/cell.yaml`;
    if (nearMiss(name, names) === undefined) return howToMakeCell(cells, name, program);
    return `${program} cell list${inContext(cells)}`;
  };
  throw new Failure('notFound', {
    what: `There is no cell ${name} in ${cells.where}${didYouMean(name, names)}`,
    why: names.length === 0 ? 'It has no cells' : `It has ${names.join(', ')}`,
    next: next(),
  });
}
