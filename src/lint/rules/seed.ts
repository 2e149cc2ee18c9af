import type { Manifest } from '../../manifest/manifest.ts';
import { didYouMean } from '../../manifest/near-miss.ts';
import type { Path } from '../../manifest/problem.ts';
import type { SeedSource } from '../../manifest/schema/dataset.ts';
import { type Finding, finding, type Subject } from '../rule.ts';

interface PlacedSeed {
  readonly dataset: Manifest<'DataSet'>;
  readonly seed: SeedSource;
  readonly path: Path;
}

/** Every seed of every DataSet, those of its profiles too. */
export function seedsOf(datasets: readonly Manifest<'DataSet'>[]): readonly PlacedSeed[] {
  return datasets.flatMap((dataset) => {
    const { seed } = dataset.value.spec.dev ?? {};
    if (seed === undefined) return [];
    const path = ['spec', 'dev', 'seed'];
    const profiles = Object.entries(seed.profiles ?? {});
    return [
      { dataset, seed, path },
      ...profiles.map(([name, profile]) => ({ dataset, seed: profile, path: [...path, 'profiles', name] })),
    ];
  });
}

export function* seedFiles({ datasets, facts }: Subject): Iterable<Finding> {
  for (const { dataset, seed, path } of seedsOf(datasets)) {
    if (seed.file === undefined) continue;
    const at = [...path, 'file'];
    if (!/\.(csv|json|ndjson)$/.test(seed.file)) yield finding(dataset, at, 'must be a .csv, .json or .ndjson file');
    else if (!staysInside(seed.file)) yield finding(dataset, at, 'must be a path inside the package');
    else if (facts && !facts.existing.has(seed.file))
      yield finding(dataset, at, 'there is no such file in the package');
  }
}

/** Whether a path can only lead into the package's folder. */
export function staysInside(path: string): boolean {
  return !path.startsWith('/') && !path.split('/').includes('..');
}

export function* seedColumns({ datasets }: Subject): Iterable<Finding> {
  for (const { dataset, seed, path } of seedsOf(datasets)) {
    const columns = dataset.value.spec.schema?.map(({ name }) => name);
    if (columns === undefined) continue;
    for (const [index, row] of (seed.inline ?? []).entries()) {
      for (const column of Object.keys(row).filter((name) => !columns.includes(name))) {
        const message = `the schema has no column "${column}"${didYouMean(column, columns)}`;
        yield finding(dataset, [...path, 'inline', index, column], message, { part: 'key' });
      }
    }
  }
}
