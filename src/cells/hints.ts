import type { CellRepository } from './repository.ts';

type Place = Pick<CellRepository, 'context'>;

/** The command that makes a cell which is missing: with a database and a bucket only in an environment of ours. */
export function howToMakeCell(cells: Place, cell: string, program = 'dk'): string {
  return cells.context === undefined
    ? `${program} dev up --cell ${cell}`
    : `${program} cell create ${cell}${inContext(cells)}`;
}

/** The flag behind a command that speaks of these cells. */
export function inContext({ context }: Place): string {
  return context === undefined ? '' : ` --context ${context}`;
}
