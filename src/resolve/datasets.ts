import { satisfies } from 'semver';
import { Failure } from '../failure.ts';
import type { Manifest, Package } from '../manifest/manifest.ts';
import type { DataSet } from '../manifest/schema/dataset.ts';
import type { Port } from '../manifest/schema/transform.ts';

/** The data sets that one input or output means: by name, by group, or by the labels they carry. */
export function datasetsOf(pkg: Package, port: Port): readonly DataSet[] {
  const found = port.dataset === undefined ? byTags(pkg, port.tags ?? {}) : byName(pkg, port.dataset);
  for (const { value } of found) checkVersion(value, port);
  return found.map(({ value }) => value);
}

function byName(pkg: Package, name: string): readonly Manifest<'DataSet'>[] {
  const group = pkg.groups.find(({ value }) => value.metadata.name === name);
  return (group?.value.spec.datasets ?? [name]).map((member) => find(pkg, member));
}

function find(pkg: Package, name: string): Manifest<'DataSet'> {
  const dataset = pkg.datasets.find(({ value }) => value.metadata.name === name);
  if (dataset) return dataset;
  throw new Failure('notFound', {
    what: `Package ${pkg.transform.value.metadata.name} has no data set ${name}`,
    why: `It has ${namesOf(pkg)}`,
  });
}

function byTags(pkg: Package, tags: Readonly<Record<string, string>>): readonly Manifest<'DataSet'>[] {
  const found = pkg.datasets.filter(({ value }) =>
    Object.entries(tags).every(([name, wanted]) => value.metadata.labels?.[name] === wanted),
  );
  if (found.length > 0) return found;
  const wanted = Object.entries(tags).map((pair) => pair.join('='));
  throw new Failure('notFound', { what: `No data set carries the labels ${wanted.join(', ')}`, why: `There are ${namesOf(pkg)}` });
}

function checkVersion({ metadata }: DataSet, { version: range }: Port): void {
  if (range === undefined) return;
  const { name, version } = metadata;
  if (version !== undefined && satisfies(version, range, { includePrerelease: true })) return;
  throw new Failure('invalid', {
    what: `Data set ${name} is ${version === undefined ? 'without a version' : `version ${version}`}, and ${range} is asked for`,
  });
}

function namesOf(pkg: Package): string {
  return pkg.datasets.map(({ value }) => value.metadata.name).join(', ') || 'none';
}
