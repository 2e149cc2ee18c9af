import { Failure } from '../failure.ts';
import { inReadingOrder, type Problem } from '../manifest/problem.ts';
import { transformFile } from '../package/layout.ts';
import { isPackageFolder } from '../package/load.ts';
import { type ReadOptions, shownPath } from '../package/read-manifests.ts';
import { statIfThere } from '../tools/if-there.ts';
import { findAppFolders } from './app-folders.ts';
import { findCellFolders } from './cell-folders.ts';
import { lintApps } from './lint-apps.ts';
import { lintCells } from './lint-cells.ts';
import { lintManifestFile } from './lint-file.ts';
import { lintPackage } from './lint-package.ts';

/** Everything that is wrong with whatever an absolute path is: a package, cells or deployments in the GitOps layout, or one file. */
export async function lintPath(path: string, options: ReadOptions): Promise<readonly Problem[]> {
  const found = statIfThere(path);
  const shown = shownPath(path, options.cwd) || 'this folder';
  if (!found)
    throw new Failure('notFound', {
      what: `There is no file or folder ${shown}`,
      next: 'Name the folder of a package, of cells or of a CM repo, or one file',
    });
  if (!found.isDirectory()) return lintManifestFile(path, options);
  if (isPackageFolder(path)) return lintPackage(path, options);
  const [apps, cells] = [findAppFolders(path), findCellFolders(path)];
  if (apps.length + cells.length > 0) {
    return inReadingOrder([...lintApps(apps, options), ...(await lintCells(cells, options))]);
  }
  throw new Failure('notFound', {
    what: `There is nothing to check in ${shown}`,
    why: `It holds no ${transformFile}, no cells (cells/<cell>/cell.yaml) and no deployments (apps/<package>-<cell>/version.txt)`,
    next: 'Name the folder of a package, of cells or of a CM repo, or one file',
  });
}
