import { basename, dirname, join } from 'node:path';
import type { Source } from '../manifest/manifest.ts';
import { isMapping, type Mapping } from '../manifest/mapping.ts';
import type { Problem } from '../manifest/problem.ts';
import { problemAt } from '../manifest/problem-at.ts';
import { readYaml } from '../manifest/read-yaml.ts';
import { withoutPaths } from '../manifest/salvage.ts';
import { validate } from '../manifest/validate.ts';
import { type ChartValues, NormalValues } from '../package/chart/values.ts';
import { readManifestFile } from '../package/read-file.ts';
import { type ReadOptions, shownPath } from '../package/read-manifests.ts';
import { statIfThere } from '../tools/if-there.ts';
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

/** What values.yaml says. */
export interface AppValues {
  /** Every key, those without a value too. */
  readonly written: Mapping;
  /** Without keys that have no value, or a faulty one. */
  readonly value: Partial<ChartValues>;
  readonly source: Source;
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
  const read = 'text' in values ? readValues(values.text, values.source) : { values: undefined, problems: [] };
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

function readValues(
  text: string,
  whole: Source,
): { readonly values: AppValues | undefined; readonly problems: readonly Problem[] } {
  const [document, more] = readYaml(text, whole.file);
  if (!document) return { values: undefined, problems: [problemAt(whole, [], 'is empty; it begins with a cell')] };
  if (!document.ok) return { values: undefined, problems: document.problems };
  const { value: written, source } = document;
  if (more || !isMapping(written)) {
    return {
      values: undefined,
      problems: [problemAt(source, [], 'must be one mapping, as the values of a chart are')],
    };
  }
  const said = withoutNulls(written);
  const errors = faultsOfValues(said);
  const value = withoutPaths(
    said,
    errors.map(({ path }) => path),
  );
  return {
    // What is left of them has just been found to be values of a chart.
    values: { written, value: value as Partial<ChartValues>, source },
    problems: errors.map(({ path, part, message }) => problemAt(source, path, message, { part })),
  };
}

/** A key whose values are all commented out says nothing. */
function withoutNulls(values: Mapping): Mapping {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

/** What a package's chart refuses in the values of a deployment; a missing cell is not among it. */
export function faultsOfValues(values: Mapping): ReturnType<typeof validate> {
  const { schedule, ...rest } = withoutNulls(values);
  const normal = typeof schedule === 'string' ? { cron: schedule } : schedule;
  return validate(NormalValues, { cell: '', ...rest, ...(normal !== undefined && { schedule: normal }) });
}
