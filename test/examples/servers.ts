import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { cellAddress, openDatabases } from '../../src/environment/cell-steps/roles.ts';
import { openPostgres, type Postgres } from '../../src/environment/embedded/postgres/postgres.ts';
import { ranReal } from '../helpers/facts.ts';

/** A cell's own database, reached as its own role. */
export interface Database {
  readonly client: pg.Client;
  /** What the Secret of the cell's Store would hold. */
  readonly keys: Readonly<Record<string, string>>;
}

/** A PostgreSQL server for one test file. */
export interface PostgresServer {
  /** Makes the database of a cell. */
  database(cell: string): Promise<Database>;
  close(): Promise<void>;
}

export async function startPostgres(): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'dk-examples-'));
  const server = openPostgres({
    directory: join(folder, 'postgres'),
    environmentId: randomUUID(),
    port: await freePort(),
    env: process.env,
    uid: process.getuid?.(),
  });
  const clients: pg.Client[] = [];
  const close = async () => {
    await Promise.all(clients.map((client) => client.end()));
    await server.destroy();
    await rm(folder, { recursive: true, force: true });
  };
  await start(server).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    async database(cell) {
      const database = await makeDatabase(server, cell);
      clients.push(database.client);
      return database;
    },
    close,
  };
}

async function start(server: Postgres): Promise<void> {
  const progress = { signal: AbortSignal.timeout(50_000), say: () => {} };
  await server.initialise(progress);
  await server.start(progress);
  ranReal('PostgreSQL', await server.version());
}

async function makeDatabase(server: Postgres, cell: string): Promise<Database> {
  const password = `${randomUUID()} /@:é%`;
  await openDatabases(server.superuser).makeCell(cell, password);
  const { host, port, user, database } = cellAddress(await server.superuser(), cell, password);
  const client = new pg.Client({ host, port, user, password, database });
  await client.connect();
  return {
    client,
    keys: { PG_HOST: host, PG_PORT: String(port), PG_DATABASE: database, PG_USER: user ?? '', PG_PASS: password },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
