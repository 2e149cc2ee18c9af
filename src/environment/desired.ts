import { checkCellName, isCellName } from '../cells/names.ts';
import { ownerLabels } from '../cells/ownership.ts';
import { apiVersion } from '../manifest/api-version.ts';
import type { Cell } from '../manifest/schema/cell.ts';
import type { Store } from '../manifest/schema/store.ts';
import { endpointAnnotations } from '../resolve/address.ts';

/** Connectors for which a local environment has a server. */
export type Provided = 'postgres' | 's3';

/** A Store that a cell is to hold. */
export interface WantedStore {
  readonly name: string;
  readonly connector: Provided;
}

/** The Stores of every cell; a package's `store/` may add further names. */
export const standardStores: readonly WantedStore[] = [
  { name: 'warehouse', connector: 'postgres' },
  { name: 'lake-raw', connector: 's3' },
];

export const region = 'us-east-1';

/** `dp_dev_jane`: role and database of a cell. */
export const databaseOf = (cell: string) => `dp_${checkCellName(cell).replaceAll('-', '_')}`;

/** The cell whose database this would be; undefined for every other name. */
export function cellOf(database: string): string | undefined {
  const name = database.replace(/^dp_/, '').replaceAll('_', '-');
  return isCellName(name) && databaseOf(name) === database ? name : undefined;
}

/** `dk-dev-jane-lake`: bucket of a cell. */
export const bucketOf = (cell: string) => `dk-${checkCellName(cell)}-lake`;

export function wantedCell(name: string, environmentId: string): Cell {
  return {
    apiVersion,
    kind: 'Cell',
    metadata: { name, labels: ownerLabels(environmentId) },
    spec: { namespace: `dk-${name}`, labels: { tier: name === 'local' ? 'local' : 'dev' } },
  };
}

/** A Store on the cell's own database or bucket; `address` is what the Store says, `host` how the host reaches it. */
export function wantedStore(
  cell: string,
  { name, connector }: WantedStore,
  environmentId: string,
  at: { readonly address: string; readonly host: string; readonly container?: string },
): Store {
  return {
    apiVersion,
    kind: 'Store',
    metadata: {
      name,
      namespace: `dk-${cell}`,
      labels: ownerLabels(environmentId),
      annotations: endpointAnnotations(at),
    },
    spec: { connector, ...(connector === 'postgres' ? postgresSpec(cell, at.address) : s3Spec(cell, at.address)) },
  };
}

function postgresSpec(cell: string, address: string) {
  return {
    connection: { connection_string: `postgresql://${address}/${databaseOf(cell)}`, sslmode: 'disable' },
    secrets: { username: '${PG_USER}', password: '${PG_PASS}' },
  };
}

function s3Spec(cell: string, address: string) {
  return {
    connection: { endpoint: `http://${address}`, bucket: bucketOf(cell), region, path_style: true },
    secrets: { access_key_id: '${S3_ACCESS_KEY_ID}', secret_access_key: '${S3_SECRET_ACCESS_KEY}' },
  };
}

/** The keys of a postgres Store's Secret. */
export function postgresSecret(cell: string, address: string, password: string) {
  const [host = '', port = ''] = address.split(':');
  const database = databaseOf(cell);
  return { PG_HOST: host, PG_PORT: port, PG_DATABASE: database, PG_USER: database, PG_PASS: password };
}

/** The keys of an s3 Store's Secret. */
export function s3Secret(
  cell: string,
  address: string,
  pair: { readonly accessKeyId: string; readonly secretAccessKey: string },
) {
  return {
    S3_ENDPOINT: `http://${address}`,
    S3_BUCKET: bucketOf(cell),
    S3_REGION: region,
    S3_ACCESS_KEY_ID: pair.accessKeyId,
    S3_SECRET_ACCESS_KEY: pair.secretAccessKey,
  };
}
