import { howToMakeCell, inContext } from '../cells/hints.ts';
import type { CellRepository } from '../cells/repository.ts';
import { Failure } from '../failure.ts';
import { nearMiss } from '../manifest/near-miss.ts';

/**
 * The cell that a name means: `canary`, `cell:canary`, or `cell-canary` where no cell is called just so
 * (the form in which packages of the existing implementation refer to cells).
 */
export async function findCell(cells: CellRepository, reference: string, program = 'dk'): Promise<string> {
  const name = reference.replace(/^cell:/, '');
  const short = name.startsWith('cell-') ? name.slice('cell-'.length) : undefined;
  for (const candidate of [name, short]) {
    if (candidate !== undefined && (await cells.get(candidate))) return candidate;
  }
  const known = (await cells.list()).map((cell) => cell.name);
  const near = nearMiss(short ?? name, known) ?? nearMiss(name, known);
  throw new Failure('notFound', {
    what: `There is no cell ${name} in ${cells.where}`,
    why: known.length === 0 ? 'It has no cells' : `It has ${known.join(', ')}`,
    next:
      near === undefined
        ? howToMakeCell(cells, short ?? name, program)
        : [`Did you mean ${near}?`, `${program} cell list${inContext(cells)}`],
  });
}
