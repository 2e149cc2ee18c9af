import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { loadValidPackage } from '../../src/package/load.ts';
import { type Bucket, startBucket } from './bucket.ts';
import { commands, launchPackage, summaryOf } from './launch-package.ts';
import { type Database, type PostgresServer, startPostgres } from './servers.ts';
import { datasetOf, recreateTable, stopWhileBlocked } from './tables.ts';

const directory = resolve('examples/pg-to-s3');
const earthquakes = join(directory, 'data/earthquakes.csv');
let server: PostgresServer;
let database: Database;
let lake: Bucket;

beforeAll(async () => {
  lake = await startBucket();
  server = await startPostgres();
  database = await server.database('local');
});
afterAll(() => Promise.all([server?.close(), lake?.close()]));
beforeEach(async () => {
  const pkg = await loadValidPackage(directory, { cwd: directory });
  await recreateTable(database.client, datasetOf(pkg, 'raw-events'));
  await lake.empty();
});

function run(options: { readonly stop?: AbortSignal; readonly flags?: readonly string[] } = {}) {
  const [node, main] = commands.node;
  const command = [node, ...(options.flags ?? []), main] as const;
  return launchPackage({ directory, keys: { ...database.keys, ...lake.keys }, ...options, command });
}

function loadEarthquakes() {
  const copy = copyFrom('copy raw_events from stdin csv header');
  return pipeline(createReadStream(earthquakes), database.client.query(copy));
}

const insert = (id: string, occurredAt: string | null, place = 'Lae') =>
  database.client.query('insert into raw_events (event_id, occurred_at, place) values ($1, $2, $3)', [
    id,
    occurredAt,
    place,
  ]);

test('the earthquakes arrive complete and in order, one object a day, and only the summary is printed', async () => {
  await loadEarthquakes();
  const { exitCode, stdout, stderr } = await run();
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const objects = await lake.objects();
  const bytes = Object.values(objects).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  expect(summaryOf(stdout)).toMatchObject({ rows: 1707, objects: 8, removed: 0, bytes });
  expect(Object.keys(objects).at(0)).toBe('events/date=2018-01-31/part-0000.ndjson');
  expect(Object.keys(objects).at(-1)).toBe('events/date=2018-02-07/part-0000.ndjson');
  const ids = (await readFile(earthquakes, 'utf8')).match(/^[a-z0-9]+(?=,)/gm);
  expect(rowsOf(objects).map(({ event_id }) => event_id)).toEqual(ids);
});

test('a second run gives the same objects, byte for byte', async () => {
  await loadEarthquakes();
  await run();
  const before = await lake.objects();
  const { stdout } = await run();
  expect(summaryOf(stdout)).toMatchObject({ rows: 1707, objects: 8, removed: 0 });
  expect(await lake.objects()).toEqual(before);
});

test('values are exact, and columns that the contract does not name stay behind', async () => {
  await insert('a', '2018-01-31T23:59:59.999999Z', 'N of "Nowhere",\nÅland \\ \u2028');
  await database.client.query(`update raw_events set network = 'us', magnitude = 0.1, felt_reports = 3`);
  await run();
  expect(rowsOf(await lake.objects())).toEqual([
    {
      event_id: 'a',
      occurred_at: '2018-01-31T23:59:59.999999+00:00',
      magnitude: 0.1,
      magnitude_type: null,
      kind: null,
      place: 'N of "Nowhere",\nÅland \\ \u2028',
      longitude: null,
      latitude: null,
      depth_km: null,
      felt_reports: 3,
      tsunami_alert: null,
      status: null,
    },
  ]);
});

test('days are UTC days, and an event without a time has a place too', async () => {
  await database.client.query(`alter role current_user set timezone to 'Asia/Tokyo'`);
  await insert('a', '2018-01-31T23:59:59.999999Z');
  await insert('b', '2018-02-01T00:00:00Z');
  await insert('c', null);
  await run();
  await database.client.query('alter role current_user reset timezone');
  expect(Object.keys(await lake.objects())).toEqual([
    'events/date=2018-01-31/part-0000.ndjson',
    'events/date=2018-02-01/part-0000.ndjson',
    'events/date=unknown/part-0000.ndjson',
  ]);
});

test('what is gone from the table goes from the lake, and what others put there stays', async () => {
  await insert('a', '2018-01-31T12:00:00Z');
  await insert('b', '2018-02-01T12:00:00Z');
  await run();
  await lake.put('events/date=2018-01-31/part-0001.ndjson', 'of a day that was larger once');
  await lake.put('events/date=2018-01-31/notes.txt', 'not ours');
  await lake.put('events-of-others/date=2018-01-31/part-0000.ndjson', 'not ours');
  await database.client.query(`delete from raw_events where event_id = 'b'`);
  const { stdout } = await run();
  expect(summaryOf(stdout)).toMatchObject({ rows: 1, objects: 1, removed: 2 });
  expect(Object.keys(await lake.objects())).toEqual([
    'events-of-others/date=2018-01-31/part-0000.ndjson',
    'events/date=2018-01-31/notes.txt',
    'events/date=2018-01-31/part-0000.ndjson',
  ]);
});

test('an empty table empties the lake', async () => {
  await insert('a', '2018-01-31T12:00:00Z');
  await run();
  await database.client.query('truncate raw_events');
  const { exitCode, stdout } = await run();
  expect(exitCode).toBe(0);
  expect(summaryOf(stdout)).toMatchObject({ rows: 0, objects: 0, removed: 1 });
  expect(await lake.objects()).toEqual({});
});

test('200,000 rows of one day pass through a heap that is smaller than they are', async () => {
  await database.client.query(`
    insert into raw_events (event_id, occurred_at, place)
    select 'e' || i, timestamptz '2018-01-31T00:00:00Z' + i * interval '100 ms', repeat('somewhere ', 20)
    from generate_series(1, 200000) as i`);
  const { exitCode, stdout, stderr } = await run({ flags: ['--max-old-space-size=64'] });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const { rows, objects, bytes } = summaryOf(stdout);
  expect(rows).toBe(200_000);
  expect(bytes).toBeGreaterThan(75_000_000);
  expect(objects).toBe(Math.ceil(Number(bytes) / (8 * 1024 * 1024)));
});

test('SIGTERM ends a run that waits for the database, with 143, and the lake stays as it was', async () => {
  await insert('a', '2018-01-31T12:00:00Z');
  await run();
  const before = await lake.objects();
  await database.client.query('truncate raw_events');
  const stop = new AbortController();
  const running = run({ stop: stop.signal });
  await stopWhileBlocked(database.client, 'raw_events', stop);
  const { exitCode, stdout, stderr } = await running;
  expect({ exitCode, stdout }).toEqual({ exitCode: 143, stdout: '' });
  expect(stderr).toBe('stopped after 0 objects; the next run completes them');
  expect(await lake.objects()).toEqual(before);
});

test('a table that does not exist fails with its name and prints no password', async () => {
  await database.client.query('drop table raw_events');
  const { exitCode, stderr } = await run();
  expect(exitCode).toBe(1);
  expect(stderr).toContain('relation "raw_events" does not exist');
  expect(stderr).not.toContain(database.keys['PG_PASS']);
});

function rowsOf(objects: Readonly<Record<string, string>>): Record<string, unknown>[] {
  const lines = Object.values(objects).flatMap((text) => text.trimEnd().split('\n'));
  return lines.map((line) => JSON.parse(line));
}
