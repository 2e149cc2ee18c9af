import { Failure } from '../failure.ts';
import type { Package } from '../manifest/manifest.ts';
import { didYouMean } from '../manifest/near-miss.ts';
import type { DataSet } from '../manifest/schema/dataset.ts';
import type { Port } from '../manifest/schema/transform.ts';
import { datasetsOf as datasetsOfPort } from '../package/datasets-of-port.ts';

/** The data sets that one input or output means: by name, by group, or by the labels they carry; never none. */
export function datasetsOf(pkg: Package, port: Port): readonly DataSet[] {
  checkMeaning(port);
  const found = datasetsOfPort(pkg, port).map(({ value }) => value);
  const missing = namesMeant(pkg, port).find((name) => !found.some(({ metadata }) => metadata.name === name));
  if (missing !== undefined) throw noDataSet(pkg, missing);
  if (found.length === 0) throw noMatch(pkg, port.tags ?? {});
  return found;
}

/** `--set` may have put one beside the other. */
function checkMeaning({ dataset, tags }: Port): void {
  if ((dataset === undefined) !== (tags === undefined)) return;
  throw new Failure('invalid', {
    what: dataset === undefined ? 'An input or output names no data set' : `Input or output ${dataset} has tags too`,
    why: 'Each has either a dataset or tags',
  });
}

function namesMeant(pkg: Package, { dataset }: Port): readonly string[] {
  if (dataset === undefined) return [];
  return pkg.groups.find(({ value }) => value.metadata.name === dataset)?.value.spec.datasets ?? [dataset];
}

function noDataSet(pkg: Package, name: string): Failure {
  const known = namesOf(pkg);
  return new Failure('notFound', {
    what: `Package ${pkg.transform.value.metadata.name} has no data set ${name}${didYouMean(name, known)}`,
    why: `It has ${known.join(', ') || 'none'}`,
  });
}

function noMatch(pkg: Package, tags: Readonly<Record<string, string>>): Failure {
  const wanted = Object.entries(tags).map((pair) => pair.join('='));
  return new Failure('notFound', {
    what: `No data set carries the labels ${wanted.join(', ')}`,
    why: `There are ${namesOf(pkg).join(', ') || 'none'}`,
  });
}

function namesOf(pkg: Package): readonly string[] {
  return pkg.datasets.map(({ value }) => value.metadata.name);
}
