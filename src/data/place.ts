import { Failure } from '../failure.ts';
import type { Manifest, Package } from '../manifest/manifest.ts';
import { didYouMean } from '../manifest/near-miss.ts';
import type { Port } from '../manifest/schema/transform.ts';
import { datasetsOf } from '../resolve/datasets.ts';
import { resolveRun, type Where } from '../resolve/resolve.ts';
import type { ResolvedPort, ResolvedStore } from '../resolve/run-spec.ts';

/** A data set and where it is: the Store with its address, and the table or prefix in it. */
export interface Place {
  readonly manifest: Manifest<'DataSet'>;
  readonly port: ResolvedPort;
  readonly store: ResolvedStore;
}

/** Places, and the secrets in their addresses, to be registered before anything prints. */
export interface Places {
  readonly places: readonly Place[];
  readonly secretValues: readonly string[];
}

/** A data set by its name, in a cell or where the deployment is. */
export interface Wanted {
  readonly dataset: string;
  /** As a manifest or a user refers to it. */
  readonly cell: string | undefined;
}

/** Resolves data sets as `dk run` would, had the package just these as its inputs; each place stands there once. */
export async function resolvePlaces(pkg: Package, wanted: readonly Wanted[], where: Where): Promise<Places> {
  const inputs = wanted.map(({ dataset, cell }) => (cell === undefined ? { dataset } : { dataset, cell }));
  const { value, ...transform } = pkg.transform;
  const spec = { ...value.spec, inputs, outputs: [], env: [] };
  const run = await resolveRun({ ...pkg, groups: [], transform: { ...transform, value: { ...value, spec } } }, where);
  const ports = new Map(run.inputs.map((port) => [`${port.cell ?? ''}/${port.dataset}`, port]));
  const places = [...ports.values()].flatMap((port) => {
    const store = run.stores.find(({ name, cell }) => name === port.store && cell === port.cell);
    return store ? [{ manifest: findDataSet(pkg, port.dataset), port, store }] : [];
  });
  return { places, secretValues: run.secretValues };
}

/** The cells in which the package's inputs and outputs have a data set; one undefined for the deployment's own. */
export function declaredCells(pkg: Package, dataset: string): readonly (string | undefined)[] {
  const { inputs, outputs } = pkg.transform.value.spec;
  const means = (port: Port) => datasetsOf(pkg, port).some(({ metadata }) => metadata.name === dataset);
  const cells = [...inputs, ...outputs].filter(means).map(({ cell }) => cell);
  return cells.length === 0 ? [undefined] : [...new Set(cells)];
}

/** A data set of the package; a notFound Failure that names those there are. */
export function findDataSet(pkg: Package, name: string): Manifest<'DataSet'> {
  const found = pkg.datasets.find(({ value }) => value.metadata.name === name);
  if (found) return found;
  const names = pkg.datasets.map(({ value }) => value.metadata.name);
  throw new Failure('notFound', {
    what: `Package ${pkg.transform.value.metadata.name} has no data set ${name}${didYouMean(name, names)}`,
    why: `It has ${names.join(', ') || 'none'}`,
    next: names.length === 0 ? `Write one: ${pkg.directory}/dataset/${name}.yaml` : `dk show ${pkg.directory}`,
  });
}

/** `dataset/orders.yaml:7:5`: where a data set says something, for messages. */
export function placeIn({ source }: Manifest<'DataSet'>, path: readonly (string | number)[]): string {
  const { line, column } = source.at(path);
  return `${source.file}:${line}:${column}`;
}
