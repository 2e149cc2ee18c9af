import { basename, join } from 'node:path';
import type { Manifest } from '../manifest/manifest.ts';
import type { ForeignDocument } from '../manifest/parse.ts';
import type { Problem } from '../manifest/problem.ts';
import { duplicateProblems } from '../package/duplicates.ts';
import { isYaml } from '../package/layout.ts';
import { ofKind } from '../package/load.ts';
import { type ReadOptions, readManifests, shownPath } from '../package/read-manifests.ts';
import { namesIn, statIfThere } from '../tools/if-there.ts';

/** One folder of the GitOps layout: `<cell>/cell.yaml` and `<cell>/stores/*.yaml`. */
export interface CellFolder {
  /** Name of the folder. */
  readonly name: string;
  /** Undefined without a valid Cell, which is among the problems. */
  readonly cell: Manifest<'Cell'> | undefined;
  readonly stores: readonly Manifest<'Store'>[];
  readonly others: readonly ForeignDocument[];
  readonly problems: readonly Problem[];
}

const cellFile = 'cell.yaml';

/** Absolute paths of the cells' folders: the folder itself, or those in it or in its `cells/`; none elsewhere. */
export function findCellFolders(directory: string): readonly string[] {
  if (looksLikeCell(directory)) return [directory];
  const inCells = foldersIn(join(directory, 'cells'));
  if (inCells.length > 0) return inCells;
  const folders = foldersIn(directory);
  // One cell among them is enough: in the others a cell.yaml is missing.
  return folders.some(looksLikeCell) ? folders : [];
}

function looksLikeCell(folder: string): boolean {
  return statIfThere(join(folder, cellFile)) !== undefined;
}

/** Absolute paths of the folders in one; none where there is none. */
export function foldersIn(directory: string): readonly string[] {
  const paths = namesIn(directory).map((name) => join(directory, name));
  return paths.filter((path) => statIfThere(path)?.isDirectory());
}

/** Reads one cell's folder, with every problem of its manifests. */
export async function readCellFolder(folder: string, options: ReadOptions): Promise<CellFolder> {
  const stores = namesIn(join(folder, 'stores')).map((name) => `stores/${name}`);
  const files = [...namesIn(folder), ...stores].filter(isYaml);
  const read = await Promise.all(files.map((file) => readManifests(folder, file, options)));
  const manifests = read.flatMap((file) => [...file.manifests, ...file.salvaged]);
  const problems = read.flatMap((file) => file.problems);
  const [cell] = ofKind(manifests, 'Cell');
  return {
    name: basename(folder),
    cell,
    stores: ofKind(manifests, 'Store'),
    others: read.flatMap((file) => file.others),
    problems: [...(cell ? [] : missingCell(folder, problems, options)), ...problems, ...duplicateProblems(manifests)],
  };
}

/** A cell.yaml with errors is not missing. */
function missingCell(folder: string, problems: readonly Problem[], { cwd }: ReadOptions): readonly Problem[] {
  const file = shownPath(join(folder, cellFile), cwd);
  if (problems.some((problem) => problem.file === file)) return [];
  const message = 'there is no Cell: the folder of a cell begins with a cell.yaml that holds one';
  return [{ severity: 'error', file, position: { line: 1, column: 1 }, path: '', message }];
}
