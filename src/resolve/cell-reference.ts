import { distance } from 'fastest-levenshtein';
import type { CellRepository } from '../cells/repository.ts';
import { Failure } from '../failure.ts';

/**
 * The cell that a name means: `canary`, `cell:canary`, or `cell-canary` where no cell is called just so
 * (the form in which packages of the existing implementation refer to cells).
 */
export async function findCell(cells: CellRepository, reference: string): Promise<string> {
  const name = reference.replace(/^cell:/, '');
  const candidates = [name, ...(name.startsWith('cell-') ? [name.slice('cell-'.length)] : [])];
  for (const candidate of candidates) if (await cells.get(candidate)) return candidate;
  const known = (await cells.list()).map((cell) => cell.name);
  const near = known.filter((cell) => distance(cell, name) <= Math.max(2, name.length / 3))[0];
  throw new Failure('notFound', {
    what: `There is no cell ${name} in ${cells.where}`,
    why: known.length === 0 ? 'It has no cells' : `It has ${known.join(', ')}`,
    next: near === undefined ? `dk dev up --cell ${name}` : `Did you mean ${near}? Or make it: dk dev up --cell ${name}`,
  });
}
