import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileCells } from '../../src/cells/files.ts';
import { apiVersion } from '../../src/manifest/api-version.ts';
import type { Manifest, Package } from '../../src/manifest/manifest.ts';
import type { Connector } from '../../src/manifest/schema/connector.ts';
import type { DataSet } from '../../src/manifest/schema/dataset.ts';
import type { Store } from '../../src/manifest/schema/store.ts';
import type { Port, Transform } from '../../src/manifest/schema/transform.ts';
import { resolveRun, type Where } from '../../src/resolve/resolve.ts';

const source = { file: 'test.yaml', at: () => ({ line: 1, column: 1 }) };

interface Wanted {
  readonly inputs?: readonly Port[];
  readonly outputs?: readonly Port[];
  readonly env?: Transform['spec']['env'];
  readonly datasets?: readonly DataSet[];
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  readonly stores?: readonly Store[];
  readonly connectors?: readonly Connector[];
}

/** A package as a value; by default it reads and writes `orders` in the Store `warehouse`. */
export function packageOf(wanted: Wanted = {}): Package {
  const { inputs = [{ dataset: 'orders' }], outputs = [{ dataset: 'orders' }], env, datasets, groups = {} } = wanted;
  const spec = { runtime: 'generic-node' as const, inputs: [...inputs], outputs: [...outputs], ...(env && { env }) };
  const value: Transform = { apiVersion, kind: 'Transform', metadata: { name: 'etl', version: '1.2.3' }, spec };
  return {
    directory: '/packages/etl',
    transform: { kind: 'Transform', value, source },
    connectors: (wanted.connectors ?? []).map((connector) => ({ kind: 'Connector', value: connector, source })),
    datasets: (datasets ?? [dataset('orders')]).map((each) => ({ kind: 'DataSet', value: each, source })),
    groups: Object.entries(groups).map(([name, members]) => groupOf(name, members)),
    stores: (wanted.stores ?? [store('warehouse')]).map((each) => ({ kind: 'Store', value: each, source })),
  };
}

function groupOf(name: string, members: readonly string[]): Manifest<'DataSetGroup'> {
  const spec = { store: 'warehouse', datasets: [...members] };
  return { kind: 'DataSetGroup', value: { apiVersion, kind: 'DataSetGroup', metadata: { name }, spec }, source };
}

export function dataset(
  name: string,
  spec: Partial<DataSet['spec']> = {},
  metadata: Partial<DataSet['metadata']> = {},
): DataSet {
  return {
    apiVersion,
    kind: 'DataSet',
    metadata: { name, ...metadata },
    spec: { store: 'warehouse', table: name, ...spec },
  };
}

/** A Store; of postgres with the keys that dk itself uses, unless something else is said. */
export function store(
  name: string,
  spec: Partial<Store['spec']> = {},
  annotations?: Readonly<Record<string, string>>,
): Store {
  return {
    apiVersion,
    kind: 'Store',
    metadata: { name, ...(annotations && { annotations: { ...annotations } }) },
    spec: {
      connector: 'postgres',
      connection: { host: '${PG_HOST}', port: '${PG_PORT}', database: '${PG_DATABASE}' },
      secrets: { username: '${PG_USER}', password: '${PG_PASS}' },
      ...spec,
    },
  };
}

export const s3Spec: Store['spec'] = {
  connector: 's3',
  connection: { endpoint: 'http://127.0.0.1:29000', bucket: 'lake', region: 'us-east-1' },
  secrets: { access_key_id: '${S3_ACCESS_KEY_ID}', secret_access_key: '${S3_SECRET_ACCESS_KEY}' },
};

export const hostEndpoint = 'datakit.infoblox.dev/host-endpoint';
export const containerEndpoint = 'datakit.infoblox.dev/container-endpoint';

export const pgKeys = { PG_HOST: 'db', PG_PORT: '5433', PG_DATABASE: 'shop', PG_USER: 'ann', PG_PASS: 'hunter2' };

/** Cells as files in a temporary folder. */
export async function openCells() {
  const root = await mkdtemp(join(tmpdir(), 'dk-resolve-'));
  const cells = openFileCells({
    where: 'environment local',
    directory: join(root, 'cells'),
    secretsDirectory: join(root, 'secrets'),
  });
  const add = async (
    name: string,
    stores: readonly Store[] = [],
    secrets: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
  ) => {
    await cells.applyCell({ apiVersion, kind: 'Cell', metadata: { name }, spec: { namespace: `dk-${name}` } });
    for (const each of stores) await cells.applyStore(name, each);
    for (const [secret, values] of Object.entries(secrets)) await cells.secrets.set(name, secret, values);
  };
  return { cells, add, close: () => rm(root, { recursive: true }) };
}

export type Cells = Awaited<ReturnType<typeof openCells>>;

/** Where a run takes place; without `cells` nobody may ask for them. */
export function whereOf(
  changed: Partial<Omit<Where, 'keys' | 'cells'>> & Partial<Where['keys']> & { readonly cells?: Cells } = {},
): Where {
  const { env = {}, dotEnv = {}, local, cells, ...others } = changed;
  const open = async () => {
    if (!cells) throw new Error('the cells were opened, though no cell is named');
    return cells.cells;
  };
  return { cell: undefined, reach: 'host', cells: open, keys: { env, dotEnv, local }, ...others };
}

/** The Failure that a resolution ends with. */
export async function failureOf(pkg: Package, where: Where) {
  const outcome = await resolveRun(pkg, where).then(
    () => 'it succeeded',
    (error: unknown) => error,
  );
  return outcome;
}
