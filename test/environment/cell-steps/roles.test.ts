import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import type { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cellAddress, openDatabases } from '../../../src/environment/cell-steps/roles.ts';
import { openPostgres, type Postgres } from '../../../src/environment/embedded/postgres/postgres.ts';
import { checkPostgres, withPostgres } from '../../../src/tools/postgres.ts';
import type { PostgresAddress } from '../../../src/tools/postgres-address.ts';
import { eventually } from '../../tools/eventually.ts';
import { freePort, newOptions, newProgress } from '../embedded/postgres/temporary.ts';

let postgres: Postgres;
let server: PostgresAddress;
let remove: () => Promise<void>;
const argvs: string[] = [];

beforeAll(async () => {
  const made = await newOptions();
  remove = made.remove;
  postgres = openPostgres(made.options);
  const watched = watchArgv();
  await postgres.initialise(newProgress());
  await postgres.start(newProgress());
  argvs.push(...(await watched()));
  server = await postgres.superuser();
  // Nothing here is about what survives a power failure, and dropping a database writes all the others' files.
  await asSuperuser((client) => client.query('ALTER SYSTEM SET fsync = off'));
  await asSuperuser((client) => client.query('SELECT pg_reload_conf()'));
});
afterAll(() => remove());

const databases = openDatabases(async () => server);
const newPassword = () => randomBytes(24).toString('base64url');
const asSuperuser = <T>(use: (client: Client) => Promise<T>) => withPostgres(server, use);

test('a cell is ready once it is made, and making it again changes nothing', async () => {
  const password = newPassword();
  expect(await databases.cellIsReady('dev-jane', password)).toBe(false);
  await databases.makeCell('dev-jane', password);
  expect(await databases.cellIsReady('dev-jane', password)).toBe(true);
  const address = cellAddress(server, 'dev-jane', password);
  expect(address).toMatchObject({ user: 'dp_dev_jane', database: 'dp_dev_jane' });
  await withPostgres(address, (client) => client.query('CREATE TABLE kept AS SELECT 1 AS n'));
  await databases.makeCell('dev-jane', password);
  const { rows } = await withPostgres(address, (client) => client.query('SELECT n FROM kept'));
  expect(rows).toEqual([{ n: 1 }]);
});

test('a cell is refused on the database of another cell and on those of the server', async () => {
  const [mine, yours] = [newPassword(), newPassword()];
  await databases.makeCell('mine', mine);
  await databases.makeCell('yours', yours);
  for (const database of ['dp_yours', 'postgres', 'template1']) {
    const check = await checkPostgres({ ...cellAddress(server, 'mine', mine), database });
    expect(check).toMatchObject({ ok: false, stage: 'database' });
  }
  expect(await checkPostgres({ ...cellAddress(server, 'yours', mine) })).toMatchObject({ ok: false, stage: 'login' });
  expect(await checkPostgres(cellAddress(server, 'yours', yours))).toMatchObject({ ok: true });
});

test('a cell may do anything in its database and nothing to the server', async () => {
  const password = newPassword();
  await databases.makeCell('free', password);
  await withPostgres(cellAddress(server, 'free', password), async (client) => {
    await client.query('CREATE SCHEMA staging; CREATE TEMPORARY TABLE t (n int); CREATE EXTENSION pgcrypto');
    await expect(client.query('CREATE DATABASE another')).rejects.toMatchObject({ code: '42501' });
    await expect(client.query('CREATE ROLE another')).rejects.toMatchObject({ code: '42501' });
    await expect(client.query(`COPY (SELECT 1) TO PROGRAM 'true'`)).rejects.toMatchObject({ code: '42501' });
  });
});

test('a cell that was half made, opened to everybody or given another password is mended', async () => {
  const password = newPassword();
  await asSuperuser((client) => client.query('CREATE ROLE dp_drifted'));
  expect(await databases.cellIsReady('drifted', password)).toBe(false);
  await databases.makeCell('drifted', password);
  expect(await databases.cellIsReady('drifted', password)).toBe(true);
  await asSuperuser((client) => client.query('GRANT CONNECT ON DATABASE dp_drifted TO PUBLIC'));
  expect(await databases.cellIsReady('drifted', password)).toBe(false);
  await databases.makeCell('drifted', password);
  expect(await databases.cellIsReady('drifted', password)).toBe(true);
  await asSuperuser((client) => client.query('ALTER DATABASE dp_drifted OWNER TO postgres'));
  await asSuperuser((client) => client.query('GRANT CONNECT ON DATABASE dp_drifted TO dp_drifted'));
  expect(await databases.cellIsReady('drifted', password)).toBe(false);
  await databases.makeCell('drifted', password);
  expect(await databases.cellIsReady('drifted', password)).toBe(true);
  expect(await databases.cellIsReady('drifted', newPassword())).toBe(false);
});

test('cells that are made at the same time do not disturb each other', async () => {
  const password = newPassword();
  const cells = Array.from({ length: 8 }, (_, i) => `many-${i}`);
  await Promise.all(cells.map((cell) => databases.makeCell(cell, password)));
  expect(await Promise.all(cells.map((cell) => databases.cellIsReady(cell, password)))).not.toContain(false);
});

test('dropping a cell ends its sessions and leaves neither role nor database', async () => {
  const password = newPassword();
  await databases.makeCell('gone', password);
  const session = withPostgres(cellAddress(server, 'gone', password), (client) => client.query('SELECT pg_sleep(60)'));
  const ended = expect(session).rejects.toThrow();
  await eventually(() => asSuperuser(sleepers)).toBe(1);
  await databases.dropCell('gone');
  await ended;
  const { rows } = await asSuperuser((client) =>
    client.query(
      `SELECT rolname FROM pg_roles WHERE rolname = 'dp_gone' UNION SELECT datname FROM pg_database WHERE datname = 'dp_gone'`,
    ),
  );
  expect(rows).toEqual([]);
  await databases.dropCell('gone');
});

test('asking a server that does not answer is an error, not a cell that is not ready', async () => {
  const nowhere = { ...server, port: await freePort() };
  await expect(openDatabases(async () => nowhere).cellIsReady('local', 'x')).rejects.toMatchObject({
    kind: 'unhealthy',
  });
});

test('no password is in the log, even when every statement is logged', async () => {
  await asSuperuser((client) => client.query(`ALTER SYSTEM SET log_statement = 'all'`));
  await asSuperuser((client) => client.query('SELECT pg_reload_conf()'));
  await eventually(() => asSuperuser(logsAll)).toBe(true);
  const password = newPassword();
  await databases.makeCell('logged', password);
  await databases.makeCell('logged', password);
  const log = await readFile(postgres.logFile, 'utf8');
  expect(log).toContain('CREATE ROLE "dp_logged" LOGIN');
  expect(log).toContain(`PASSWORD 'SCRAM-SHA-256$4096:`);
  expect(log).not.toContain(password);
  expect(log).not.toContain(server.password);
});

test.skipIf(platform() !== 'linux')('no password is in the arguments of a program that was run', async () => {
  expect(argvs.some((argv) => argv.includes('initdb'))).toBe(true);
  expect(argvs.some((argv) => argv.includes('cluster_name='))).toBe(true);
  expect(argvs.filter((argv) => argv.includes(server.password ?? ''))).toEqual([]);
});

async function sleepers(client: Client): Promise<number | null> {
  return (await client.query(`SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).rowCount;
}

async function logsAll(client: Client): Promise<boolean> {
  return (await client.query(`SELECT current_setting('log_statement') AS value`)).rows[0]?.value === 'all';
}

/** Collects the arguments of all processes, again and again, until the returned function is called. */
function watchArgv(): () => Promise<readonly string[]> {
  const seen = new Set<string>();
  let watching = true;
  const loop = async () => {
    while (watching) {
      const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
      const read = pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
      for (const argv of await Promise.all(read)) seen.add(argv);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const done = loop();
  return async () => {
    watching = false;
    await done;
    return [...seen];
  };
}
