import { basename, dirname, join } from 'node:path';
import type { Source } from '../manifest/manifest.ts';
import type { Problem } from '../manifest/problem.ts';
import { problemAt } from '../manifest/problem-at.ts';
import { readManifestFile } from '../package/read-file.ts';
import { type ReadOptions, shownPath } from '../package/read-manifests.ts';
import { statIfThere } from '../tools/if-there.ts';
import { type AppValues, readAppValues } from './app-values.ts';
import { foldersIn } from './cell-folders.ts';

/** A folder of a CM repo, `apps/<package>-<cell>`: one package in one cell. */
export interface AppFolder {
  /** Name of the folder. */
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
  /** What version.txt says, with blanks at its ends cut off; undefined where there is none. */
  readonly version: { readonly text: string; readonly source: Source } | undefined;
  /** Undefined without a readable values.yaml, which is among the problems. */
  readonly values: AppValues | undefined;
  readonly problems: readonly Problem[];
}

export const versionFile = 'version.txt';
export const valuesFile = 'values.yaml';

/** Absolute paths of the folders of deployments: the folder itself, or those in its `apps/`, or in an `apps/`; none elsewhere. */
export function findAppFolders(directory: string): readonly string[] {
  if (looksLikeApp(directory)) return [directory];
  if (basename(directory) === 'apps') return foldersIn(directory);
  return foldersIn(join(directory, 'apps'));
}

function looksLikeApp(folder: string): boolean {
  return basename(dirname(folder)) === 'apps' && statIfThere(join(folder, versionFile)) !== undefined;
}

/** Reads one folder, with every problem of its files by itself. */
export function readAppFolder(directory: string, { cwd }: ReadOptions): AppFolder {
  const shown = (file: string) => shownPath(join(directory, file), cwd);
  const version = readText(directory, versionFile, shown(versionFile));
  const values = readText(directory, valuesFile, shown(valuesFile));
  const read = 'text' in values ? readAppValues(values.text, values.source) : { values: undefined, problems: [] };
  return {
    name: basename(directory),
    directory,
    version: 'text' in version ? { ...version, text: version.text.trim() } : undefined,
    values: read.values,
    problems: [...('text' in version ? [] : [version]), ...('text' in values ? [] : [values]), ...read.problems],
  };
}

function readText(directory: string, name: string, file: string): { text: string; source: Source } | Problem {
  const path = join(directory, name);
  const content = statIfThere(path) ? readManifestFile(path, directory) : { refused: 'is missing' };
  const source: Source = { file, at: () => ({ line: 1, column: 1 }) };
  return 'text' in content ? { text: content.text, source } : problemAt(source, [], content.refused);
}
