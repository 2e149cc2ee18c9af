import { join } from 'node:path';
import type { CellRepository } from '../../cells/repository.ts';
import type { Context } from '../../context.ts';
import type { Provided, WantedStore } from '../desired.ts';
import { openLocalCells } from '../local-cells.ts';
import { type EnvironmentRecord, environmentDirectory } from '../state.ts';
import { type ObjectStoreServer, openObjectStore } from './object-store.ts';
import { openPostgres, type Postgres } from './postgres/postgres.ts';

/** A cell that the environment is to have. */
export interface WantedCell {
  readonly name: string;
  readonly stores: readonly WantedStore[];
}

/** What the steps of an embedded environment look at and change: desired values and clients, never results of steps. */
export interface EmbeddedWorld {
  readonly id: string;
  /** `127.0.0.1:25432` and `127.0.0.1:29000` */
  readonly addresses: Readonly<Record<Provided, string>>;
  readonly postgres: Postgres;
  readonly objectStore: ObjectStoreServer;
  readonly cells: CellRepository;
}

export function openWorld(context: Context, record: EnvironmentRecord): EmbeddedWorld {
  const directory = environmentDirectory(context, record.name);
  const { id, ports } = record;
  return {
    id,
    addresses: { postgres: `127.0.0.1:${ports.postgres}`, s3: `127.0.0.1:${ports.s3}` },
    postgres: openPostgres({
      directory: join(directory, 'postgres'),
      environmentId: id,
      port: ports.postgres,
      env: context.env,
      uid: context.uid,
    }),
    objectStore: openObjectStore(context, { directory: join(directory, 'object-store'), id, port: ports.s3 }),
    cells: openLocalCells(context, record),
  };
}
