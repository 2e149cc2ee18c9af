import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { S3mini } from 's3mini';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { lakeSpec, type PackageParts, seed, startWorld, type World, writePackage } from './world.ts';

let world: World;
let directory: string;
let packages = 0;

beforeAll(async () => {
  world = await startWorld();
  await world.addLake('local');
});
afterAll(() => world.close());
beforeEach(async () => {
  directory = join(world.root, `package-${packages++}`);
  await world.lake.empty();
});

const run = (options: Parameters<typeof seed>[2] = {}, hear?: Parameters<typeof seed>[3]) =>
  seed(world, directory, options, hear);
const rows = [
  { id: 1, name: 'a "b", c' },
  { id: 2, name: null },
  { id: 3, name: '', more: { x: [1] } },
];
const write = (dataset: PackageParts['datasets'][string], files?: PackageParts['files']) =>
  writePackage(directory, {
    datasets: { events: { store: 'lake-raw', prefix: 'events/', ...dataset } },
    ...(files ? { files } : {}),
  });

/** What stands in the bucket, without the marker. */
async function objects(): Promise<Readonly<Record<string, string>>> {
  const all = await world.lake.objects();
  return Object.fromEntries(Object.entries(all).filter(([key]) => !key.startsWith('.dk/')));
}

/** Changes with every object that is put. */
async function writes(): Promise<string> {
  const { keys } = world.lake;
  const client = new S3mini({
    endpoint: `${keys['S3_ENDPOINT']}/lake`,
    region: 'us-east-1',
    accessKeyId: keys['S3_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: keys['S3_SECRET_ACCESS_KEY'] ?? '',
  });
  return JSON.stringify(await client.listObjects());
}

test('a file is put as it is, once, and the second time nothing is written', async () => {
  const directory = resolve('examples/daily-summary');
  const { seeds } = await seed(world, directory);
  const file = await readFile(join(directory, 'data/strong-earthquakes.ndjson'), 'utf8');
  const bytes = Buffer.byteLength(file);
  expect(seeds).toMatchObject([{ dataset: 'lake-events', store: 'lake-raw', objects: 1, bytes, result: 'loaded' }]);
  expect(await objects()).toEqual({ 'events/strong-earthquakes.ndjson': file });
  const before = await writes();
  expect(await seed(world, directory)).toMatchObject({ seeds: [{ objects: 1, result: 'unchanged' }] });
  expect(await writes()).toBe(before);
});

test('rows of the manifest are written in the format of the data set', async () => {
  const content = async (format: 'ndjson' | 'json' | 'csv') => {
    await world.lake.empty();
    await write({ format, dev: { seed: { inline: rows } } });
    expect(await run()).toMatchObject({ seeds: [{ rows: 3, objects: 1 }] });
    return (await objects())[`events/seed-0000.${format}`] ?? '';
  };
  expect(
    (await content('ndjson'))
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
  ).toEqual(rows);
  expect(JSON.parse(await content('json'))).toEqual(rows);
  expect(await content('csv')).toBe('id,name,more\n1,"a ""b"", c",\n2,,\n3,"","{""x"":[1]}"\n');
});

test('a file of another format, and rows for a format that dk does not write, are refused', async () => {
  await write({ format: 'ndjson', dev: { seed: { file: 'a.csv' } } }, { 'a.csv': 'id\n1\n' });
  await expect(run()).rejects.toMatchObject({
    kind: 'invalid',
    next: ['Convert the file to ndjson, or say "format: csv"'],
  });
  await write({ format: 'parquet', dev: { seed: { inline: rows } } });
  await expect(run()).rejects.toMatchObject({ kind: 'invalid', next: ['Name a .parquet file instead: dev.seed.file'] });
  await write({ format: 'parquet', dev: { seed: { file: 'a.parquet' } } }, { 'a.parquet': Buffer.from('PAR1') });
  expect(await run()).toMatchObject({ seeds: [{ rows: null, objects: 1, bytes: 4 }] });
  expect(await objects()).toEqual({ 'events/a.parquet': 'PAR1' });
});

test('a seed that changed replaces the former one, and what others put there stays', async () => {
  await write({ dev: { seed: { file: 'a.ndjson' } } }, { 'a.ndjson': '{"id":1}\n' });
  await run();
  await world.lake.put('events/date=2018-01-31/part-0000.ndjson', 'of a run');
  await write({ dev: { seed: { file: 'b.ndjson' } } }, { 'b.ndjson': '{"id":2}\n' });
  expect(await run()).toMatchObject({ whys: ['the seed has changed'] });
  const others = { 'events/date=2018-01-31/part-0000.ndjson': 'of a run' };
  expect(await objects()).toEqual({ ...others, 'events/b.ndjson': '{"id":2}\n' });
});

test('an object that was deleted or overwritten is put again', async () => {
  await write({ dev: { seed: { inline: rows } } });
  await run();
  const before = await objects();
  await world.lake.put('events/seed-0000.ndjson', 'by hand');
  expect(await run()).toMatchObject({ whys: ['events/seed-0000.ndjson was changed'] });
  expect(await objects()).toEqual(before);
  await world.lake.empty();
  expect(await run()).toMatchObject({ whys: ['no seed yet'] });
  expect(await objects()).toEqual(before);
});

test('an object that no seed put there is a conflict, and --clean empties the prefix, nothing beside it', async () => {
  await write({ dev: { seed: { file: 'a.ndjson' } } }, { 'a.ndjson': '{"id":1}\n' });
  const others = { 'events-of-others/a.ndjson': 'x' };
  await world.lake.put('events-of-others/a.ndjson', 'x');
  await world.lake.put('events/a.ndjson', 'mine');
  await world.lake.put('events/old.ndjson', 'mine');
  await expect(run()).rejects.toMatchObject({ kind: 'conflict' });
  expect(await objects()).toEqual({ ...others, 'events/a.ndjson': 'mine', 'events/old.ndjson': 'mine' });
  await run({ clean: true });
  expect(await objects()).toEqual({ ...others, 'events/a.ndjson': '{"id":1}\n' });
});

test('a seed that was broken off is repeated, and the former object goes', async () => {
  await write({ dev: { seed: { file: 'a.ndjson' } } }, { 'a.ndjson': '{"id":1}\n' });
  await run();
  const large = '{"id":2}\n'.repeat(500_000);
  await write({ dev: { seed: { file: 'b.ndjson' } } }, { 'b.ndjson': large });
  await expect(run({}, ({ type }, interrupt) => type === 'step-said' && interrupt())).rejects.toMatchObject({
    kind: 'interrupted',
  });
  expect(await objects()).toEqual({ 'events/a.ndjson': '{"id":1}\n' });
  expect(await run()).toMatchObject({ whys: ['a seed was broken off'], seeds: [{ bytes: large.length }] });
  expect(await objects()).toEqual({ 'events/b.ndjson': large });
});

test('the prefix of the Store comes before that of the data set', async () => {
  await world.applyStore('local', 'lake-deep', lakeSpec({ prefix: 'raw' }));
  await world.cells.secrets.set('local', 'lake-deep', world.lake.keys);
  await write({ store: 'lake-deep', dev: { seed: { inline: [{ id: 1 }] } } });
  await run();
  expect(await objects()).toEqual({ 'raw/events/seed-0000.ndjson': '{"id":1}\n' });
});
