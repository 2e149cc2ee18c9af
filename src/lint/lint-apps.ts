import { basename, dirname, join } from 'node:path';
import type { Problem } from '../manifest/problem.ts';
import type { ReadOptions } from '../package/read-manifests.ts';
import { readAppFolder } from './app-folders.ts';
import { appRules } from './app-rules.ts';
import { applyRules } from './apply-rules.ts';
import { foldersIn } from './cell-folders.ts';

/** Everything that is wrong with these folders of deployments, given by absolute path. */
export function lintApps(folders: readonly string[], options: ReadOptions): readonly Problem[] {
  return folders.flatMap((folder) => {
    const app = readAppFolder(folder, options);
    const judged = { ...app, cellsBeside: cellsBeside(folder) };
    return [...app.problems, ...applyRules(appRules, judged, app.problems)];
  });
}

/** Names of the cells in the same repo; undefined where it has none, so that they must be somewhere else. */
function cellsBeside(app: string): readonly string[] | undefined {
  const cells = foldersIn(join(dirname(dirname(app)), 'cells')).map((folder) => basename(folder));
  return cells.length > 0 ? cells : undefined;
}
