import { join } from 'node:path';
import type { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DataFlags, dataHead, dataLs } from '../../src/commands/data.ts';
import { openWorld } from '../launch/place.ts';
import { lakeSpec, startWorld, type World, writePackage } from '../seed/world.ts';

let world: World;
let database: Client;
let directory: string;
let env: Record<string, string>;

beforeAll(async () => {
  world = await startWorld();
  database = await world.addCell('local');
  directory = join(world.root, 'package');
  const { keys } = world.lake;
  const secrets = (await world.cells.secrets.read('local', 'warehouse')) ?? {};
  env = { ...keys, ...secrets, HOME: world.root, XDG_STATE_HOME: world.root };
  const postgres = {
    connector: 'postgres',
    connection: { host: '${PG_HOST}', port: '${PG_PORT}', database: '${PG_DATABASE}' },
    secrets: { username: '${PG_USER}', password: '${PG_PASS}' },
  };
  const store = (name: string, spec: object) =>
    JSON.stringify({ apiVersion: 'datakit.infoblox.dev/v1alpha1', kind: 'Store', metadata: { name }, spec });
  await writePackage(directory, {
    datasets: {
      people: { table: 'people' },
      lake: { store: 'lake-raw', prefix: 'lake/', format: 'ndjson' },
    },
    files: {
      'store/warehouse.yaml': store('warehouse', postgres),
      'store/lake-raw.yaml': store('lake-raw', lakeSpec()),
    },
  });
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.lake.empty();
  await database.query('DROP TABLE IF EXISTS people');
});

async function run(
  command: typeof dataLs,
  dataset: string,
  flags: Partial<DataFlags> = {},
  others: Record<string, string> = {},
): Promise<string> {
  const { context, stdout } = openWorld(directory, { ...env, ...others });
  await command(context, dataset, { n: '10', output: 'table', ...flags });
  return stdout();
}
const json = async (command: typeof dataLs, dataset: string, flags: Partial<DataFlags> = {}) =>
  JSON.parse(await run(command, dataset, { output: 'json', ...flags }));

describe('a table', () => {
  test('has rows and a size', async () => {
    await database.query('CREATE TABLE people AS SELECT id FROM generate_series(1, 1234) AS id');
    expect(await run(dataLs, 'people')).toMatch(/^TABLE +ROWS +SIZE\npeople +1234 +\d+\.\d KiB\n$/);
    expect(await json(dataLs, 'people')).toMatchObject({
      kind: 'DataListing',
      type: 'table',
      dataset: 'people',
      rows: 1234,
    });
  });

  test('shows its first rows, each value as exactly as JSON can say it', async () => {
    await database.query(`
      CREATE TABLE people AS SELECT 9007199254740993::bigint AS big, 7::bigint AS small, 0.10::numeric AS cents, 1.5 AS ratio,
        true AS yes, NULL::text AS nothing, timestamptz '2018-01-31 23:59:59.999999+00' AS at, '{"a":[1]}'::jsonb AS doc,
        '{a,b}'::text[] AS list, date '2018-01-31' AS day FROM generate_series(1, 3)`);
    const { rows } = await json(dataHead, 'people', { n: '2' });
    const row = {
      big: '9007199254740993',
      small: 7,
      cents: '0.10',
      ratio: 1.5,
      yes: true,
      nothing: null,
      at: '2018-01-31 23:59:59.999999+00',
      doc: { a: [1] },
      list: '{a,b}',
      day: '2018-01-31',
    };
    expect(rows).toEqual([row, row]);
  });

  test('cannot steer the terminal, and does not break its own lines', async () => {
    await database.query(
      `CREATE TABLE people AS SELECT E'\\x1b[31mred\\n\\u009bx' AS name, repeat('long ', 1000) AS text`,
    );
    const text = await run(dataHead, 'people');
    expect(text.split('\n')).toEqual([
      expect.stringMatching(/^name +text$/),
      expect.stringMatching(/^\\u001b\[31mred\\n�x +(long ){11}long…$/),
      '',
    ]);
  });

  test('that does not exist is not found', async () => {
    await expect(run(dataHead, 'people')).rejects.toMatchObject({
      kind: 'notFound',
      why: ['relation "people" does not exist'],
    });
  });
});

describe('a prefix', () => {
  test('lists its objects and their sum, and nothing beside it', async () => {
    await world.lake.put('lake/a.ndjson', 'x'.repeat(2048));
    await world.lake.put('lake/b.ndjson', 'x');
    await world.lake.put('lakes/c.ndjson', 'x');
    const lines = (await run(dataLs, 'lake')).split('\n');
    expect(lines[1]).toMatch(/^lake\/a\.ndjson +2\.0 KiB +20\d\d-\d\d-\d\dT/);
    expect(lines.slice(3)).toEqual(['2 objects, 2.0 KiB below lake/', '']);
    expect((await run(dataLs, 'lake', { n: '1' })).split('\n').slice(2)).toEqual([
      '2 objects, 2.0 KiB below lake/; the first 1 are shown, more with -n',
      '',
    ]);
  });

  test('without objects says so', async () => {
    expect(await run(dataLs, 'lake')).toBe('0 objects, 0 B below lake/\n');
    expect(await run(dataHead, 'lake')).toBe('no rows\n');
  });

  test('shows the first rows over its objects, in every format that dk reads', async () => {
    await world.lake.put('lake/1.json', '[{"id": 1}, {"id": 2}]');
    await world.lake.put('lake/2.csv', 'id,name\n3,"a\nb"\n');
    await world.lake.put('lake/3.parquet', 'PAR1');
    await world.lake.put('lake/4', '{"id": 4}\n{"id": 5}\n');
    expect((await json(dataHead, 'lake', { n: '4' })).rows).toEqual([
      { id: 1 },
      { id: 2 },
      { id: '3', name: 'a\nb' },
      { id: 4 },
    ]);
    expect(await run(dataHead, 'lake', { n: '3' })).toBe('id  name\n1   -\n2   -\n3   a\\nb\n');
  });

  test('reads no more of an object than it shows', async () => {
    const broken = `{"id": 1}\n${'{"id": 2}\n'.repeat(3_000_000)}this is no JSON`;
    await world.lake.put('lake/large.ndjson', broken);
    const before = process.memoryUsage().arrayBuffers;
    expect((await json(dataHead, 'lake', { n: '1' })).rows).toEqual([{ id: 1 }]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  });

  test('with nothing that dk can read says what is there', async () => {
    await world.lake.put('lake/a.parquet', 'PAR1');
    await expect(run(dataHead, 'lake')).rejects.toMatchObject({
      kind: 'usage',
      why: ['dk reads csv, json and ndjson; there are lake/a.parquet'],
    });
  });
});

test('an unknown data set is not found, with the near miss and those there are', async () => {
  await expect(run(dataLs, 'poeple')).rejects.toMatchObject({
    kind: 'notFound',
    message: 'Package tiny has no data set poeple; did you mean "people"?',
    why: ['It has lake, people'],
    next: [`dk show ${directory}`],
  });
});

test.each([
  ['people', 'warehouse', 'PG_PORT', '1'],
  ['people', 'warehouse', 'PG_PASS', 'wrong'],
  ['lake', 'lake-raw', 'S3_SECRET_ACCESS_KEY', 'wrong'],
  ['lake', 'lake-raw', 'S3_BUCKET', 'no-such-bucket'],
])('%s cannot be looked at: Store %s is named when %s is %s', async (dataset, store, key, value) => {
  for (const command of [dataLs, dataHead]) {
    await expect(run(command, dataset, {}, { [key]: value })).rejects.toMatchObject({
      message: `Store ${store} of the package cannot be used`,
      next: ['dk dev up puts right what it has made'],
    });
  }
});

test.each(['0', '-1', 'x', '1.5', '10001'])('-n %s is refused', async (n) => {
  await expect(run(dataHead, 'people', { n })).rejects.toMatchObject({ kind: 'usage' });
});

test('a value that is a secret of the Store is not printed', async () => {
  const { context } = openWorld(directory, env);
  await database.query('CREATE TABLE people AS SELECT 1 AS id');
  await dataHead(context, 'people', { n: '1', output: 'table' });
  expect(context.secrets.redact(env['PG_PASS'] ?? '')).toBe('***');
});
