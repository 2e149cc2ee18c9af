import { resolve } from 'node:path';
import { readBundles } from '../cells/read-bundles.ts';
import type { Context } from '../context.ts';
import { findCellFolders } from '../lint/cell-folders.ts';
import { cellsText, summarizeCells } from '../package/cells-summary.ts';
import { isPackageFolder, loadValidPackage } from '../package/load.ts';
import { summarize } from '../package/summary.ts';
import { summaryText } from '../package/summary-text.ts';
import { type OutputFormat, printResult } from '../report/result.ts';

interface ShowOptions {
  /** A package or a folder of cells; the current directory by default. */
  readonly directory?: string | undefined;
  readonly output: OutputFormat;
}

/** `dk show`: a package, or the cells of a GitOps folder, at a glance. */
export async function show(context: Context, { directory = '.', output }: ShowOptions): Promise<void> {
  const path = resolve(context.cwd, directory);
  const isCells = !isPackageFolder(path) && findCellFolders(path).length > 0;
  if (isCells) return showCells(context, directory, output);
  const summary = summarize(await loadValidPackage(path, { cwd: context.cwd }));
  await printResult(context, output, {
    kind: 'PackageSummary',
    data: { ...summary },
    table: () => summaryText(summary),
  });
}

async function showCells(context: Context, directory: string, output: OutputFormat): Promise<void> {
  const { bundles } = await readBundles(context.cwd, directory);
  const cells = summarizeCells(bundles);
  await printResult(context, output, { kind: 'CellFolders', data: { cells }, table: () => cellsText(cells) });
}
