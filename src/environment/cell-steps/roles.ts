import type { Client } from 'pg';
import { Failure, reasonOf } from '../../failure.ts';
import { quoteIdentifier, withPostgres } from '../../tools/postgres.ts';
import type { PostgresAddress } from '../../tools/postgres-address.ts';
import { faultOf } from '../../tools/postgres-fault.ts';
import { scramVerifier } from '../../tools/postgres-scram.ts';
import { databaseOf } from '../desired.ts';
import type { Databases } from './world.ts';

/** The databases of a server's cells. */
export function openDatabases(superuser: () => Promise<PostgresAddress>): Databases {
  return {
    cellIsReady: async (cell, password) => cellIsReady(await superuser(), cell, password),
    makeCell: async (cell, password) => makeCell(await superuser(), cell, password),
    cellExists: async (cell) =>
      withPostgres(await superuser(), (client) => exists(client, 'pg_database', 'datname', databaseOf(cell))),
    dropCell: async (cell) => dropCell(await superuser(), cell),
  };
}

/** The address of a cell's own database, as its own role. */
export function cellAddress(server: PostgresAddress, cell: string, password: string): PostgresAddress {
  return { ...server, user: databaseOf(cell), database: databaseOf(cell), password };
}

/** Whether a cell's role can log in to its database, owns it, and everybody else is kept out. */
async function cellIsReady(server: PostgresAddress, cell: string, password: string): Promise<boolean> {
  try {
    return await withPostgres(cellAddress(server, cell, password), ownsItAlone);
  } catch (error) {
    const { stage } = faultOf(error);
    if (stage === 'login' || stage === 'database') return false;
    throw error;
  }
}

/** Makes a cell's role and database, or gives them the password and the rights that they should have. */
async function makeCell(server: PostgresAddress, cell: string, password: string): Promise<void> {
  const name = quoteIdentifier(databaseOf(cell));
  const verifier = await scramVerifier(password);
  await alone(server, async (client) => {
    await keepEveryoneOut(client, 'postgres', 'template1');
    const role = (await exists(client, 'pg_roles', 'rolname', databaseOf(cell))) ? 'ALTER' : 'CREATE';
    await client.query(`${role} ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '${verifier}'`);
    const found = await exists(client, 'pg_database', 'datname', databaseOf(cell));
    await client.query(found ? `ALTER DATABASE ${name} OWNER TO ${name}` : `CREATE DATABASE ${name} OWNER ${name}`);
    await keepEveryoneOut(client, databaseOf(cell));
  });
}

/** Ends a cell's sessions and removes its database and role. */
async function dropCell(server: PostgresAddress, cell: string): Promise<void> {
  const name = quoteIdentifier(databaseOf(cell));
  await alone(server, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query(`DROP ROLE IF EXISTS ${name}`).catch((error: unknown) => {
      throw new Failure('conflict', {
        what: `The Postgres role ${name} of cell ${cell} cannot be removed`,
        why: reasonOf(error),
        cause: error,
      });
    });
  });
}

async function ownsItAlone(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ ready: boolean }>(`
    SELECT pg_get_userbyid(datdba) = current_user
       AND NOT has_database_privilege('public', oid, 'CONNECT')
       AND NOT has_database_privilege('public', oid, 'TEMPORARY') AS ready
      FROM pg_database WHERE datname = current_database()`);
  return rows[0]?.ready === true;
}

/** One at a time: Postgres answers concurrent changes of the same database's rights with "tuple concurrently updated". */
async function alone(server: PostgresAddress, work: (client: Client) => Promise<void>): Promise<void> {
  await withPostgres(server, async (client) => {
    // Held until the connection is closed.
    await client.query(`SELECT pg_advisory_lock(hashtext('dk cells'))`);
    await work(client);
  });
}

async function exists(client: Client, catalogue: string, column: string, name: string): Promise<boolean> {
  const { rowCount } = await client.query(`SELECT FROM ${catalogue} WHERE ${column} = $1`, [name]);
  return rowCount !== 0;
}

async function keepEveryoneOut(client: Client, ...databases: readonly string[]): Promise<void> {
  const names = databases.map(quoteIdentifier).join(', ');
  await client.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${names} FROM PUBLIC`);
}
