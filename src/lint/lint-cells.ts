import { inReadingOrder, type Problem } from '../manifest/problem.ts';
import type { ReadOptions } from '../package/read-manifests.ts';
import { applyRules } from './apply-rules.ts';
import { type CellFolder, readCellFolder } from './cell-folders.ts';
import { cellRules, cellsRules } from './cell-rules.ts';
import { subjectOf } from './lint-package.ts';
import { storeRules } from './store-rules.ts';

/** Everything that is wrong with these folders of cells, given by absolute path, in reading order. */
export async function lintCells(folders: readonly string[], options: ReadOptions): Promise<readonly Problem[]> {
  const cells = await Promise.all(folders.map((folder) => readCellFolder(folder, options)));
  const known = cells.flatMap(({ problems }) => problems);
  return inReadingOrder([...known, ...cells.flatMap(lintCell), ...applyRules(cellsRules, cells, known)]);
}

function lintCell(cell: CellFolder): readonly Problem[] {
  // Connectors come with packages: in a cell only the built-in ones are known.
  const subject = subjectOf(cell.stores, new Set(['Connector']), undefined);
  return [...applyRules(cellRules, cell, cell.problems), ...applyRules(storeRules, subject, cell.problems)];
}
