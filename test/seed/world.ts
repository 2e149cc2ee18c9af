import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Client } from 'pg';
import { stringify } from 'yaml';
import { openFileCells } from '../../src/cells/files.ts';
import { ownerLabels } from '../../src/cells/ownership.ts';
import type { CellRepository } from '../../src/cells/repository.ts';
import { wantedCell, wantedStore } from '../../src/environment/desired.ts';
import type { Event } from '../../src/graph/events.ts';
import { apiVersion } from '../../src/manifest/api-version.ts';
import type { DataSet } from '../../src/manifest/schema/dataset.ts';
import type { Store } from '../../src/manifest/schema/store.ts';
import type { Port } from '../../src/manifest/schema/transform.ts';
import { loadValidPackage } from '../../src/package/load.ts';
import { type SeedOptions, seedPackage } from '../../src/seed/seed-package.ts';
import { type Bucket, startBucket } from '../examples/bucket.ts';
import { type PostgresServer, startPostgres } from '../examples/servers.ts';
import { openWorld } from '../launch/place.ts';

export const environmentId = randomUUID();

/** An environment's cells, with real servers behind their Stores, and a folder for packages. */
export interface World {
  readonly root: string;
  readonly cells: CellRepository;
  readonly lake: Bucket;
  /** Adds a cell with a bucket alone. */
  addLake(name: string): Promise<void>;
  /** Adds a cell with both; gives a client of its database, as the cell's own role. */
  addCell(name: string): Promise<Client>;
  applyStore(cell: string, name: string, spec: Store['spec'], labels?: Record<string, string>): Promise<void>;
  close(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const root = await mkdtemp(join(tmpdir(), 'dk-seed-'));
  const lake = await startBucket();
  let server: Promise<PostgresServer> | undefined;
  const directory = (name: string) => join(root, name);
  const cells = openFileCells({
    where: 'environment test',
    directory: directory('cells'),
    secretsDirectory: directory('secrets'),
  });
  const applyStore: World['applyStore'] = async (cell, name, spec, labels = ownerLabels(environmentId)) => {
    await cells.applyStore(cell, { apiVersion, kind: 'Store', metadata: { name, labels }, spec });
  };
  return {
    root,
    cells,
    lake,
    applyStore,
    addLake: (name) => addLake(name, { cells, lake, applyStore }),
    async addCell(name) {
      server ??= startPostgres();
      const { client, keys } = await (await server).database(name);
      await addLake(name, { cells, lake, applyStore });
      await cells.secrets.set(name, 'warehouse', keys);
      const address = `${keys['PG_HOST']}:${keys['PG_PORT']}`;
      const warehouse = { name: 'warehouse', connector: 'postgres' } as const;
      await cells.applyStore(name, wantedStore(name, warehouse, environmentId, { address, host: address }));
      return client;
    },
    async close() {
      await Promise.all([server?.then(({ close }) => close()), lake.close()]);
      await rm(root, { recursive: true });
    },
  };
}

type Parts = Pick<World, 'cells' | 'lake' | 'applyStore'>;

async function addLake(name: string, { cells, lake, applyStore }: Parts): Promise<void> {
  await cells.applyCell(wantedCell(name, environmentId));
  await cells.secrets.set(name, 'lake-raw', lake.keys);
  await applyStore(name, 'lake-raw', lakeSpec());
}

export function lakeSpec(connection: Record<string, unknown> = {}): Store['spec'] {
  return {
    connector: 's3',
    connection: { endpoint: '${S3_ENDPOINT}', bucket: '${S3_BUCKET}', region: '${S3_REGION}', ...connection },
    secrets: { access_key_id: '${S3_ACCESS_KEY_ID}', secret_access_key: '${S3_SECRET_ACCESS_KEY}' },
  };
}

export interface PackageParts {
  /** By name; the first one is the package's only input, unless `inputs` says otherwise. */
  readonly datasets: Readonly<Record<string, Partial<DataSet['spec']>>>;
  readonly inputs?: readonly Port[];
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

/** Writes a package over what is in the folder. */
export async function writePackage(directory: string, { datasets, inputs, files = {} }: PackageParts): Promise<void> {
  const [first = ''] = Object.keys(datasets);
  const spec = { runtime: 'generic-node', inputs: inputs ?? [{ dataset: first }], outputs: [{ dataset: first }] };
  const manifests = Object.entries(datasets).map(([name, dataset]): [string, string] => [
    `dataset/${name}.yaml`,
    stringify({ apiVersion, kind: 'DataSet', metadata: { name }, spec: { store: 'warehouse', ...dataset } }),
  ]);
  const transform = stringify({ apiVersion, kind: 'Transform', metadata: { name: 'tiny', version: '1.0.0' }, spec });
  const all: Record<string, string | Buffer> = { 'dk.yaml': transform, ...Object.fromEntries(manifests), ...files };
  for (const [name, content] of Object.entries(all)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
}

/** Seeds the package in a folder; gives what happened too. */
export async function seed(
  { cells }: Pick<World, 'cells'>,
  directory: string,
  options: Partial<Omit<SeedOptions, 'pkg' | 'cells' | 'onProgress'>> = {},
  hear: (event: Event, interrupt: () => void) => void = () => {},
) {
  const { context, interrupt } = openWorld(directory, {});
  const events: Event[] = [];
  const onProgress = (event: Event) => {
    events.push(event);
    hear(event, interrupt);
  };
  const pkg = await loadValidPackage(directory, { cwd: directory });
  const seeds = await seedPackage(context, { pkg, cells, environmentId, cell: 'local', onProgress, ...options });
  const said = events.flatMap((event) => (event.type === 'step-said' ? [event.what] : []));
  const whys = events.flatMap((event) => (event.type === 'step-started' ? [event.why] : []));
  return { seeds, said, whys };
}
