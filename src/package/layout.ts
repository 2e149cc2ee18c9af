import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
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
  const names = await list(directory);
  const current = await Promise.all(
    folders.map(async ({ folder, kinds }) => {
      const files = (await list(join(directory, folder))).filter(isYaml);
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
    (await list(join(directory, 'datasets'))).map(async (name) => {
      const files = await list(join(directory, 'datasets', name));
      return ['dataset.yaml', 'dk.yaml']
        .filter((file) => files.includes(file))
        .map((file) => ({ path: `datasets/${name}/${file}`, kinds: ['DataSet', 'DataSetGroup'] as const }));
    }),
  );
  return found.flat();
}

/** Sorted names in a folder, without hidden ones; none where there is no such folder. */
async function list(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

function isYaml(name: string): boolean {
  return /\.ya?ml$/.test(name);
}
