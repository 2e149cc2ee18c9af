import { join } from 'node:path';
import type { Context } from '../../context.ts';
import { openDatabases } from '../cell-steps/roles.ts';
import type { CellsWorld } from '../cell-steps/world.ts';
import { openLocalCells } from '../local-cells.ts';
import { type EnvironmentRecord, environmentDirectory } from '../state.ts';
import { openBuckets } from './buckets.ts';
import { type ObjectStoreServer, openObjectStore } from './object-store.ts';
import { openPostgres, type Postgres } from './postgres/postgres.ts';

/** What the steps of an embedded environment look at and change: desired values and clients, never results of steps. */
export interface EmbeddedWorld extends CellsWorld {
  readonly postgres: Postgres;
  readonly objectStore: ObjectStoreServer;
}

export function openWorld(context: Context, record: EnvironmentRecord): EmbeddedWorld {
  const directory = environmentDirectory(context, record.name);
  const { id, ports } = record;
  const postgres = openPostgres({
    directory: join(directory, 'postgres'),
    environmentId: id,
    port: ports.postgres,
    env: context.env,
    uid: context.uid,
  });
  const objectStore = openObjectStore(context, { directory: join(directory, 'object-store'), id, port: ports.s3 });
  return {
    id,
    endpoints: { postgres: onThisMachine(ports.postgres), s3: onThisMachine(ports.s3) },
    postgres,
    databases: openDatabases(postgres.superuser),
    objectStore,
    buckets: openBuckets(objectStore),
    cells: openLocalCells(context, record),
  };
}

function onThisMachine(port: number) {
  return { address: `127.0.0.1:${port}`, host: `127.0.0.1:${port}` };
}
