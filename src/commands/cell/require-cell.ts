import { howToMakeCell, inContext } from '../../cells/hints.ts';
import { parseCellName } from '../../cells/names.ts';
import type { CellRepository } from '../../cells/repository.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { didYouMean, nearMiss } from '../../manifest/near-miss.ts';
import type { Cell } from '../../manifest/schema/cell.ts';
import type { Store } from '../../manifest/schema/store.ts';

/** The cell that is named, `canary` or `cell:canary`; a notFound Failure with the near miss and the list. */
export async function requireCell(context: Context, cells: CellRepository, text: string): Promise<Cell> {
  const name = parseCellName(text);
  const cell = await cells.get(name);
  if (cell) return cell;
  const names = (await cells.list()).map((each) => each.name);
  throw new Failure('notFound', {
    what: `There is no cell ${name} in ${cells.where}${didYouMean(name, names)}`,
    why: names.length === 0 ? 'It has no cells' : `It has ${names.join(', ')}`,
    next:
      nearMiss(name, names) === undefined
        ? howToMakeCell(cells, name, context.program)
        : `${context.program} cell list${inContext(cells)}`,
  });
}

/** The Store of a cell; a notFound Failure with the near miss and the list. */
export async function requireStore(
  { program }: Context,
  cells: CellRepository,
  cell: string,
  name: string,
): Promise<Store> {
  const store = await cells.store(cell, name);
  if (store) return store;
  const names = (await cells.stores(cell)).map((each) => each.store.metadata.name);
  throw new Failure('notFound', {
    what: `Cell ${cell} has no Store ${name}${didYouMean(name, names)}`,
    why: names.length === 0 ? `It has no Stores (${cells.where})` : `It has ${names.join(', ')} (${cells.where})`,
    next: `${program} cell stores ${cell}${inContext(cells)}`,
  });
}
