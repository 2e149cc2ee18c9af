import { Failure } from '../failure.ts';
import type { Cell } from '../manifest/schema/cell.ts';
import type { CellRepository } from './repository.ts';

const carefulTiers: readonly (string | undefined)[] = ['stable', 'prod'];

/** A repository that changes cells of tier stable or prod only if they are among the `confirmed`. */
export function changingOnlyConfirmed(cells: CellRepository, confirmed: readonly string[]): CellRepository {
  const check = (cell: Cell) => checkConfirmed(cells.where, cell, confirmed);
  /** Checks the cell as it is there before it does the rest. */
  const guarded =
    <Rest extends unknown[], Result>(change: (cell: string, ...rest: Rest) => Promise<Result>) =>
    async (name: string, ...rest: Rest): Promise<Result> => {
      const cell = await cells.get(name);
      if (cell) check(cell);
      return change(name, ...rest);
    };
  const { secrets, configMaps } = cells;
  const apply = guarded((_, cell: Cell) => cells.applyCell(cell));
  return {
    ...cells,
    snapshot: () => changingOnlyConfirmed(cells.snapshot(), confirmed),
    async applyCell(cell) {
      check(cell);
      return apply(cell.metadata.name, cell);
    },
    applyStore: guarded(cells.applyStore),
    deleteStore: guarded(cells.deleteStore),
    deleteCell: guarded(cells.deleteCell),
    secrets: { ...secrets, set: guarded(secrets.set), unset: guarded(secrets.unset) },
    configMaps: { ...configMaps, apply: guarded(configMaps.apply) },
  };
}

/** A usage Failure for a cell that is to be worked in, and is of tier stable or prod and not among the `confirmed`. */
export async function requireConfirmed(
  cells: CellRepository,
  name: string,
  confirmed: readonly string[],
): Promise<void> {
  const cell = await cells.get(name);
  if (cell) checkConfirmed(cells.where, cell, confirmed);
}

/** A usage Failure for a cell of tier stable or prod that is not among the `confirmed`. */
function checkConfirmed(where: string, { metadata, spec }: Cell, confirmed: readonly string[]): void {
  const { name, labels = {} } = metadata;
  const tier = [spec.labels?.['tier'], labels['tier']].find((label) => carefulTiers.includes(label));
  if (tier === undefined || confirmed.includes(name)) return;
  throw new Failure('usage', {
    what: `Cell ${name} of ${where} is of tier ${tier}, and nothing was changed`,
    why: 'Cells of tier stable and prod are changed only when their name is repeated',
    next: `The same command with --confirm=${name}`,
  });
}
