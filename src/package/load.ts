import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../failure.ts';
import type { Kinds, Manifest, Package } from '../manifest/manifest.ts';
import { didYouMean } from '../manifest/near-miss.ts';
import { type Problem, problemText } from '../manifest/problem.ts';
import { namesIn, orUndefined, statIfThere } from '../tools/if-there.ts';
import { transformFile } from './layout.ts';
import { type PackageFolder, readPackageFolder } from './read-folder.ts';
import { type ReadOptions, shownPath } from './read-manifests.ts';

/** A package, or why it is none; warnings stand beside a package too. */
export interface LoadedPackage {
  readonly package: Package | undefined;
  readonly problems: readonly Problem[];
}

/** Reads the package in an absolute folder, with every problem of its manifests at once. */
export async function loadPackage(directory: string, options: ReadOptions): Promise<LoadedPackage> {
  const folder = await readPackageFolder(directory, options);
  const problems = [...missingTransform(folder, options), ...folder.problems];
  const valid = problems.every(({ severity }) => severity === 'warning');
  return { package: valid ? packageOf(folder) : undefined, problems };
}

/** Reads the package in an absolute folder; a notFound Failure where there is none, an invalid one with every problem. */
export async function loadValidPackage(directory: string, options: ReadOptions): Promise<Package> {
  await requireTransform(directory, options);
  const { package: found, problems } = await loadPackage(directory, options);
  if (found !== undefined) return found;
  const errors = problems.filter(({ severity }) => severity === 'error');
  throw new Failure('invalid', {
    what: `The package in ${shownFolder(directory, options)} has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}`,
    why: errors.map(problemText),
    next: 'dk lint shows each in its place, with warnings',
  });
}

/** Throws a notFound Failure unless the folder exists and holds a dk.yaml. */
async function requireTransform(directory: string, options: ReadOptions): Promise<void> {
  const shown = shownFolder(directory, options);
  if (!statIfThere(directory)?.isDirectory()) throw await noFolder(directory, shown);
  if (statIfThere(join(directory, transformFile))) return;
  throw new Failure('notFound', {
    what: `There is no package in ${shown}: it holds no ${transformFile}`,
    next: nameOrMake,
  });
}

const nameOrMake = 'Name the folder of a package, or make one: dk init my-package';

async function noFolder(directory: string, shown: string): Promise<Failure> {
  const beside = (await orUndefined(readdir(dirname(directory), { withFileTypes: true }))) ?? [];
  const folders = beside.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const near = didYouMean(basename(directory), folders);
  return new Failure('notFound', { what: `There is no folder ${shown}${near}`, next: nameOrMake });
}

/** Whether a folder is meant as a package; one without its dk.yaml is, if it has the other folders. */
export function isPackageFolder(directory: string): boolean {
  const names = namesIn(directory);
  return [transformFile, 'connector', 'dataset', 'store'].some((name) => names.includes(name));
}

/** The package that manifests without errors are; undefined without a Transform. */
export function packageOf({
  directory,
  manifests,
}: Pick<PackageFolder, 'directory' | 'manifests'>): Package | undefined {
  const [transform] = ofKind(manifests, 'Transform');
  return (
    transform && {
      directory,
      transform,
      connectors: ofKind(manifests, 'Connector'),
      datasets: ofKind(manifests, 'DataSet'),
      groups: ofKind(manifests, 'DataSetGroup'),
      stores: ofKind(manifests, 'Store'),
    }
  );
}

/** The manifests of one kind, in their order. */
export function ofKind<Kind extends keyof Kinds>(
  manifests: readonly Manifest[],
  kind: Kind,
): readonly (Manifest & { readonly kind: Kind })[] {
  return manifests.filter((manifest): manifest is Manifest & { readonly kind: Kind } => manifest.kind === kind);
}

/** The problem of a folder without a Transform. */
export function missingTransform(
  { directory, manifests, incomplete }: PackageFolder,
  { cwd }: ReadOptions,
): readonly Problem[] {
  if (ofKind(manifests, 'Transform').length > 0 || incomplete.has('Transform')) return [];
  const file = shownPath(join(directory, transformFile), cwd);
  const message = 'there is no Transform: a package begins with a dk.yaml that holds one';
  return [{ severity: 'error', file, position: { line: 1, column: 1 }, path: '', message }];
}

function shownFolder(directory: string, { cwd }: ReadOptions): string {
  return shownPath(directory, cwd) || 'this folder';
}
