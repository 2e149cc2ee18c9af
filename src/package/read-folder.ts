import type { Kinds, Manifest } from '../manifest/manifest.ts';
import type { ForeignDocument } from '../manifest/parse.ts';
import { inReadingOrder, type Problem } from '../manifest/problem.ts';
import { duplicateProblems } from './duplicates.ts';
import { type PackageFile, packageFiles } from './layout.ts';
import { type ReadOptions, readManifests } from './read-manifests.ts';

/** A package's folder as it was found, right or wrong. */
export interface PackageFolder {
  /** Absolute. */
  readonly directory: string;
  /** Valid manifests, and invalid ones without their faulty fields; no errors in `problems`: all of them are valid. */
  readonly manifests: readonly Manifest[];
  /** Kinds of which more may be meant than was understood. */
  readonly incomplete: ReadonlySet<keyof Kinds>;
  readonly problems: readonly Problem[];
}

/** Reads every manifest of a package folder; what is wrong with one file does not keep the others from being read. */
export async function readPackageFolder(directory: string, options: ReadOptions): Promise<PackageFolder> {
  const files = packageFiles(directory);
  const read = await Promise.all(files.map((file) => readOne(directory, file, options)));
  const manifests = read.flatMap((file) => file.manifests);
  return {
    directory,
    manifests,
    incomplete: new Set(read.flatMap((file) => file.incomplete)),
    problems: inReadingOrder([...read.flatMap((file) => file.problems), ...duplicateProblems(manifests)]),
  };
}

type ReadFile = Pick<PackageFolder, 'manifests' | 'problems'> & { readonly incomplete: readonly (keyof Kinds)[] };

async function readOne(directory: string, { path, kinds }: PackageFile, options: ReadOptions): Promise<ReadFile> {
  const { manifests, salvaged, others, complete, problems } = await readManifests(directory, path, options);
  const understood = [...manifests, ...salvaged];
  const strangers = [...understood.filter(({ kind }) => !kinds.includes(kind)).map(placeOf), ...others];
  return {
    manifests: understood.filter(({ kind }) => kinds.includes(kind)),
    problems: [...problems, ...strangers.map((stranger) => strangerProblem(stranger, kinds))],
    incomplete: complete ? [] : kinds,
  };
}

type Stranger = Pick<ForeignDocument, 'kind' | 'file' | 'position'>;

function placeOf({ kind, source }: Manifest): Stranger {
  return { kind, file: source.file, position: source.at(['kind']) };
}

function strangerProblem({ kind, file, position }: Stranger, kinds: readonly (keyof Kinds)[]): Problem {
  const message = `a ${kind} does not belong here; this file is for ${kinds.join(' or ')}`;
  return { severity: 'error', file, position, path: 'kind', message };
}
