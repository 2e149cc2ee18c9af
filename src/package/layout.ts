import { join } from 'node:path';
import { namesIn } from '../cells/missing.ts';
import type { Kinds } from '../manifest/manifest.ts';

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

/** Every manifest file of a package, sorted; `datasets/<name>/` is an older layout of `dataset/`. */
export async function packageFiles(directory: string): Promise<readonly PackageFile[]> {
  const names = await namesIn(directory);
  const current = await Promise.all(
    folders.map(async ({ folder, kinds }) => {
      const files = (await namesIn(join(directory, folder))).filter(isYaml);
      return files.map((file) => ({ path: `${folder}/${file}`, kinds }));
    }),
  );
  const transform: readonly PackageFile[] = names.includes(transformFile)
    ? [{ path: transformFile, kinds: ['Transform'] }]
    : [];
  return [...transform, ...current.flat(), ...(await olderDatasets(directory))];
}

async function olderDatasets(directory: string): Promise<readonly PackageFile[]> {
  const found = await Promise.all(
    (await namesIn(join(directory, 'datasets'))).map(async (name) => {
      const files = await namesIn(join(directory, 'datasets', name));
      return ['dataset.yaml', 'dk.yaml']
        .filter((file) => files.includes(file))
        .map((file) => ({ path: `datasets/${name}/${file}`, kinds: ['DataSet', 'DataSetGroup'] as const }));
    }),
  );
  return found.flat();
}

/** Whether a file of this name holds manifests. */
export function isYaml(name: string): boolean {
  return /\.ya?ml$/.test(name);
}
