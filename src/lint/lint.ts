import { join } from 'node:path';
import { Failure } from '../failure.ts';
import type { Problem } from '../manifest/problem.ts';
import { transformFile } from '../package/layout.ts';
import { isPackageFolder } from '../package/load.ts';
import { type ReadOptions, shownPath } from '../package/read-manifests.ts';
import { statIfThere } from '../tools/if-there.ts';
import { findCellFolders } from './cell-folders.ts';
import { lintCells } from './lint-cells.ts';
import { lintManifestFile } from './lint-file.ts';
import { lintPackage } from './lint-package.ts';

/** Everything that is wrong with whatever an absolute path is: a package, cells in the GitOps layout, or one file. */
export async function lintPath(path: string, options: ReadOptions): Promise<readonly Problem[]> {
  const found = statIfThere(path);
  const shown = shownPath(path, options.cwd) || 'this folder';
  if (!found)
    throw new Failure('notFound', {
      what: `There is no file or folder ${shown}`,
      next: 'Name the folder of a package or of cells, or one file',
    });
  if (!found.isDirectory()) return lintManifestFile(path, options);
  if (isPackageFolder(path)) return lintPackage(path, options);
  const cells = findCellFolders(path);
  if (cells.length > 0) return lintCells(cells, options);
  throw new Failure('notFound', {
    what: `There is nothing to check in ${shown}`,
    why: `It holds neither ${join(path, transformFile)} nor cells (cells/<cell>/cell.yaml)`,
    next: 'Name the folder of a package or of cells, or one file',
  });
}
