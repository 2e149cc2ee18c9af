import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openFileCells } from '../../src/cells/files.ts';
import type { CellRepository } from '../../src/cells/repository.ts';
import { apiVersion } from '../../src/manifest/api-version.ts';
import { loadValidPackage } from '../../src/package/load.ts';
import { commands, launchPackage, summaryOf } from './launch-package.ts';
import { type Database, type PostgresServer, startPostgres } from './servers.ts';
import { datasetOf, recreateTable, stopWhileBlocked } from './tables.ts';

const directory = resolve('examples/pull-from-canary');
let folder: string;
let cells: CellRepository;
let server: PostgresServer;
let here: Database;
let canary: Database;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dk-cells-'));
  server = await startPostgres();
  here = await server.database('local');
  canary = await server.database('canary');
  cells = await cellsWithCanary();
});
afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  const quakes = datasetOf(await loadValidPackage(directory, { cwd: directory }), 'quakes');
  await here.client.query('drop table if exists canary_quakes');
  await recreateTable(canary.client, quakes);
  await canary.client.query('insert into quakes select * from json_populate_recordset(null::quakes, $1)', [
    JSON.stringify(quakes.dev?.seed?.inline),
  ]);
});

async function cellsWithCanary(): Promise<CellRepository> {
  const repository = openFileCells({
    where: 'a folder',
    directory: join(folder, 'cells'),
    secretsDirectory: join(folder, 'secrets'),
  });
  const { stores } = await loadValidPackage(directory, { cwd: directory });
  await repository.applyCell({
    apiVersion,
    kind: 'Cell',
    metadata: { name: 'canary' },
    spec: { namespace: 'dk-canary' },
  });
  for (const { value } of stores) await repository.applyStore('canary', value);
  await repository.secrets.set('canary', 'warehouse', canary.keys);
  return repository;
}

const run = (
  options: { readonly cell?: string; readonly env?: Record<string, string>; readonly stop?: AbortSignal } = {},
) => launchPackage({ directory, command: commands.node, keys: here.keys, cells, ...options });

const pulled = async (database: Database) =>
  (await database.client.query('select event_id from canary_quakes order by magnitude')).rows.map(
    (row) => row.event_id,
  );

test('the strong earthquakes of canary come to the package’s own Store', async () => {
  const { exitCode, stdout, stderr } = await run();
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain('canary/quakes -> here/canary_quakes');
  expect(summaryOf(stdout)).toMatchObject({ rows: 8 });
  expect(await pulled(here)).toHaveLength(8);
});

test('run in a cell, they come to that cell’s Store', async () => {
  await run({ cell: 'canary' });
  expect(await pulled(canary)).toHaveLength(8);
  await canary.client.query('drop table canary_quakes');
});

test('a second run replaces what the first one wrote', async () => {
  await run();
  await canary.client.query('delete from quakes where magnitude > 6.2');
  await run();
  expect(await pulled(here)).toHaveLength(7);
});

test('values arrive as they are', async () => {
  await canary.client.query('truncate quakes');
  const row = ['a\tb\\N', '2018-01-31T23:59:59.999999Z', 5.1, null];
  await canary.client.query('insert into quakes values ($1, $2, $3, $4)', row);
  await run();
  const { rows } = await here.client.query({
    text: 'select event_id, occurred_at::text, magnitude, place from canary_quakes',
    rowMode: 'array',
  });
  const { rows: expected } = await canary.client.query({
    text: 'select event_id, occurred_at::text, magnitude, place from quakes',
    rowMode: 'array',
  });
  expect(rows).toEqual(expected);
});

test('MIN_MAGNITUDE decides what is strong', async () => {
  await run({ env: { MIN_MAGNITUDE: '6.4' } });
  expect(await pulled(here)).toEqual(['us1000chhc']);
  const { exitCode, stderr } = await run({ env: { MIN_MAGNITUDE: '0; drop table quakes' } });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('MIN_MAGNITUDE is no number');
});

test('SIGTERM in the middle leaves the table as it was, with 143', async () => {
  await run();
  const stop = new AbortController();
  const running = run({ stop: stop.signal });
  await stopWhileBlocked(canary.client, 'quakes', stop);
  const { exitCode, stderr } = await running;
  expect({ exitCode, stderr }).toEqual({
    exitCode: 143,
    stderr: 'stopped; canary_quakes only ever changes as a whole',
  });
  expect(await pulled(here)).toHaveLength(8);
});
