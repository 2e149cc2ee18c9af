import { lookUpCellSecret } from '../cells/secrets.ts';
import type { CellRepository } from '../cells/repository.ts';
import { Failure } from '../failure.ts';
import type { Package } from '../manifest/manifest.ts';
import type { DataSet } from '../manifest/schema/dataset.ts';
import type { Store } from '../manifest/schema/store.ts';
import type { Port } from '../manifest/schema/transform.ts';
import type { Reach } from './address.ts';
import { findCell } from './cell-reference.ts';
import { datasetsOf } from './datasets.ts';
import { postgresParts } from './dsn.ts';
import { transformVariables } from './environment-variables.ts';
import { type PackageKeys, packageLookUp } from './package-keys.ts';
import type { MissingKey } from './placeholders.ts';
import type { ResolvedPort, ResolvedRun, ResolvedStore } from './run-spec.ts';
import { connectorType, resolveStore } from './store.ts';
import { storeVariables } from './variables.ts';

/** WHERE a package is to run, and what its own Stores may draw on. */
export interface Where {
  /** The deployment's cell, or undefined for the package's own `store/`. */
  readonly cell: string | undefined;
  /** Opens the cells; called only when a cell is named, by the run or by an input or output. */
  readonly cells: () => Promise<CellRepository>;
  readonly keys: PackageKeys;
  readonly reach: Reach;
}

/** package × cell → what is to be launched. Reads, and changes nothing; all missing keys are reported at once. */
export async function resolveRun(pkg: Package, where: Where): Promise<ResolvedRun> {
  const { metadata, spec } = pkg.transform.value;
  const cell = where.cell === undefined ? undefined : await findCell(await where.cells(), where.cell);
  const inputs = await resolvePorts(pkg, spec.inputs, where, cell);
  const outputs = await resolvePorts(pkg, spec.outputs, where, cell);
  const stores = await resolveStores(pkg, [...inputs, ...outputs], where);
  const own = await transformVariables(spec.env ?? [], cell, where);
  return {
    package: { name: metadata.name, version: metadata.version ?? '0.0.0', directory: pkg.directory },
    cell,
    transform: spec,
    inputs: inputs.map((port) => describePort(port, stores)),
    outputs: outputs.map((port) => describePort(port, stores)),
    stores,
    variables: {
      ...own.variables,
      DK_PACKAGE: metadata.name,
      DK_VERSION: metadata.version ?? '0.0.0',
      DK_CELL: cell ?? '',
      ...storeVariables(stores, cell),
    },
    secretValues: [...new Set([...stores.flatMap(secretsOf), ...own.secretValues])],
  };
}

interface PlacedPort {
  readonly dataset: DataSet;
  readonly cell: string | undefined;
}

async function resolvePorts(
  pkg: Package,
  ports: readonly Port[],
  where: Where,
  deployment: string | undefined,
): Promise<readonly PlacedPort[]> {
  const placed = ports.map(async (port) => {
    const cell = port.cell === undefined ? deployment : await findCell(await where.cells(), port.cell);
    return datasetsOf(pkg, port).map((dataset) => ({ dataset, cell }));
  });
  return (await Promise.all(placed)).flat();
}

async function resolveStores(pkg: Package, ports: readonly PlacedPort[], where: Where): Promise<readonly ResolvedStore[]> {
  const wanted = new Map(ports.map(({ cell, dataset }) => [`${cell ?? ''}/${dataset.spec.store}`, { cell, dataset }]));
  const resolutions = await Promise.all(
    [...wanted.values()].map(async ({ cell, dataset }) => {
      const resolution = await resolveOne(pkg, cell, dataset.spec.store, where);
      return { ...resolution, store: dataset.spec.store, cell };
    }),
  );
  const missing = resolutions.flatMap((each) => each.missing.map((key) => ({ ...key, store: each.store, cell: each.cell })));
  if (missing.length > 0) throw missingKeys(missing, where);
  return resolutions.map(({ resolved }) => resolved);
}

async function resolveOne(pkg: Package, cell: string | undefined, name: string, where: Where) {
  if (cell === undefined) {
    const store = packageStore(pkg, name);
    const place = { cell, connector: connectorType(store, pkg), reach: 'host' as const };
    return resolveStore(store, { ...place, lookUp: packageLookUp(where.keys, store) });
  }
  const cells = await where.cells();
  const store = await cellStore(cells, cell, name);
  const lookUp = (key: string) => lookUpCellSecret(cells, cell, name, key);
  return resolveStore(store, { cell, connector: connectorType(store, pkg), reach: where.reach, lookUp });
}

function packageStore(pkg: Package, name: string): Store {
  const store = pkg.stores.find(({ value }) => value.metadata.name === name)?.value;
  if (store) return store;
  throw new Failure('notFound', {
    what: `The package has no Store ${name} in store/`,
    why: `It has ${pkg.stores.map(({ value }) => value.metadata.name).join(', ') || 'none'}`,
    next: `Write store/${name}.yaml, or run against a cell that has the Store: dk run --cell NAME`,
  });
}

async function cellStore(cells: CellRepository, cell: string, name: string): Promise<Store> {
  const store = await cells.store(cell, name);
  if (store) return store;
  const others = (await cells.stores(cell)).map((each) => each.store.metadata.name);
  throw new Failure('notFound', {
    what: `Cell ${cell} has no Store ${name}`,
    why: `It has ${others.join(', ') || 'none'} (${cells.where})`,
    next: `dk dev up --cell ${cell} in the package's folder makes the Stores that its store/ names`,
  });
}

interface MissingStoreKey extends MissingKey {
  readonly store: string;
  readonly cell: string | undefined;
}

function missingKeys(missing: readonly MissingStoreKey[], where: Where): Failure {
  const down = missing.some(({ cell }) => cell === undefined) && where.keys.local === undefined;
  const [first] = missing;
  const ofCell = missing.find(({ cell }) => cell !== undefined);
  return new Failure(down ? 'prerequisite' : 'notFound', {
    what: `${missing.length === 1 ? 'A key' : `${missing.length} keys`} of Store ${[...new Set(missing.map(({ store }) => store))].join(', ')} cannot be resolved`,
    why: missing.map(
      ({ store, field, key, lookedAt }) => `\${${key}} (Store ${store}, ${field}): looked at ${lookedAt.join('; ')}`,
    ),
    next: [
      ...(down ? ['dk dev up'] : []),
      ...(ofCell ? [`dk cell secret set ${ofCell.store} ${ofCell.key} --cell ${ofCell.cell}`] : []),
      ...(down || ofCell ? [] : [`Set ${first?.key} in the environment or in the package's .env, or run "dk dev up" in its folder`]),
    ],
  });
}

function describePort({ dataset, cell }: PlacedPort, stores: readonly ResolvedStore[]): ResolvedPort {
  const { store, table, prefix, topic, format, schema } = dataset.spec;
  const connector = stores.find((each) => each.name === store && each.cell === cell)?.connector ?? '';
  return {
    dataset: dataset.metadata.name,
    cell,
    store,
    connector,
    ...(table === undefined ? {} : { table }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(topic === undefined ? {} : { topic }),
    ...(format === undefined ? {} : { format }),
    schema: schema ?? [],
  };
}

/** Values of `secrets`, and a password that somebody wrote into a connection_string. */
function secretsOf({ fields, secretFields, connector, dsn }: ResolvedStore): string[] {
  const named = secretFields.filter((name) => !isUserName(name)).flatMap((name) => fields[name] ?? []);
  const inline = connector === 'postgres' ? (postgresParts(fields).password ?? []) : [];
  const password = dsn && URL.canParse(dsn) ? new URL(dsn).password : '';
  return [...named, ...[inline].flat(), ...(password === '' ? [] : [password])];
}

/** A login's name is no secret, and blanking out `dp_local` would blank out the database too. */
function isUserName(field: string): boolean {
  return ['username', 'user'].includes(field);
}
