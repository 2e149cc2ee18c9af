import { join } from 'node:path';
import type { Kinds } from '../manifest/manifest.ts';
import { namesIn } from '../tools/if-there.ts';

/** One manifest file of a package and the kinds that belong there. */
export interface PackageFile {
  /** Relative to the package, with slashes. */
  readonly path: string;
  readonly kinds: readonly (keyof Kinds)[];
}

const folders = [
  { folder: 'connector', kinds: ['Connector'] },
  { folder: 'dataset', kinds: ['DataSet', 'DataSetGroup'] },
  { folder: 'store', kinds: ['Store'] },
] as const;

/** The file that makes a folder a package. */
export const transformFile = 'dk.yaml';

/** Where `dk build` puts charts, relative to the package; what it makes is never among what it is made from. */
export const chartFolder = 'dist/chart';

/** Every manifest file of a package, sorted; `datasets/<name>/` is an older layout of `dataset/`. */
export function packageFiles(directory: string): readonly PackageFile[] {
  const names = namesIn(directory);
  const current = folders.flatMap(({ folder, kinds }) => {
    const files = namesIn(join(directory, folder)).filter(isYaml);
    return files.map((file) => ({ path: `${folder}/${file}`, kinds }));
  });
  const transform: readonly PackageFile[] = names.includes(transformFile)
    ? [{ path: transformFile, kinds: ['Transform'] }]
    : [];
  return [...transform, ...current, ...olderDatasets(directory)];
}

function olderDatasets(directory: string): readonly PackageFile[] {
  return namesIn(join(directory, 'datasets')).flatMap((name) => {
    const files = namesIn(join(directory, 'datasets', name));
    return ['dataset.yaml', 'dk.yaml']
      .filter((file) => files.includes(file))
      .map((file) => ({ path: `datasets/${name}/${file}`, kinds: ['DataSet', 'DataSetGroup'] as const }));
  });
}

/** Whether a file of this name holds manifests. */
export function isYaml(name: string): boolean {
  return /\.ya?ml$/.test(name);
}
