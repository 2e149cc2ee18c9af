import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { Failure } from '../failure.ts';
import { type ParsedManifests, parseManifests } from '../manifest/parse.ts';
import { type Problem, problemText } from '../manifest/problem.ts';
import { statIfThere } from '../tools/if-there.ts';
import { type FoundCells, sortIntoCells } from './bundle.ts';
import { isManifestName } from './manifest-file.ts';

/**
 * Reads cells from a GitOps folder: one cell's, a folder of several, or a single file.
 * `path` is as the user wrote it, and problems name files in the same way.
 */
export async function readBundles(cwd: string, path: string): Promise<Omit<FoundCells, 'problems'>> {
  const names = await manifestFiles(cwd, path);
  const files: ParsedManifests[] = [];
  for (const name of names) files.push(parseManifests(await readFile(resolve(cwd, name), 'utf8'), name));
  refuse(
    path,
    files.flatMap((file) => file.problems),
    ({ file }) => `dk lint ${file}`,
  );
  const { problems: misplaced, ...found } = sortIntoCells(files);
  refuse(path, misplaced, () => `Mend what is named here. ${layout}`);
  if (found.bundles.length > 0) return found;
  throw new Failure('invalid', {
    what: `${path} holds no Cell`,
    why: names.length === 0 ? 'It has no .yaml, .yml or .json file' : `Looked at ${names.join(', ')}`,
    next: layout,
  });
}

const layout = 'A GitOps folder has cells/<cell>/cell.yaml and cells/<cell>/stores/*.yaml';

/** Stores seem homeless while their Cell does not parse, so what is wrong with files comes first and alone. */
function refuse(path: string, problems: readonly Problem[], remedy: (problem: Problem) => string): void {
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  const next = [...new Set(errors.map(remedy))];
  throw new Failure('invalid', { what: `${path} is not valid`, why: errors.map(problemText), next });
}

async function manifestFiles(cwd: string, path: string): Promise<readonly string[]> {
  const start = resolve(cwd, path);
  const found = statIfThere(start);
  if (!found) {
    const next = "Name a cell's folder, a folder of cells, or one file: dk cell apply -f platform-repo/cells";
    throw new Failure('notFound', { what: `There is no file or folder ${path}`, next });
  }
  if (!found.isDirectory()) return [path];
  const entries = await readdir(start, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory() && isManifestName(entry.name))
    .map((entry) => join(relative(start, entry.parentPath), entry.name))
    .filter((name) => !name.split(sep).some((part) => part.startsWith('.') || part === 'node_modules'))
    .map((name) => join(path, name))
    .sort();
}
