import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ownerLabels } from '../../src/cells/ownership.ts';
import { wantedCell, wantedStore } from '../../src/environment/desired.ts';
import { environmentId, seed, startWorld, type World, writePackage } from './world.ts';

let world: World;
let local: Client;
let directory: string;
let packages = 0;

beforeAll(async () => {
  world = await startWorld();
  local = await world.addCell('local');
});
afterAll(() => world.close());
beforeEach(async () => {
  directory = join(world.root, `package-${packages++}`);
  await local.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
});

const schema = [{ name: 'id', type: 'int' }];
const seeded = (table: string) => ({ table, schema, dev: { seed: { inline: [{ id: 1 }] } } });
const run = (options: Parameters<typeof seed>[2] = {}) => seed(world, directory, options);
const tables = async (client = local) =>
  (await client.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).rows;

test('a Store that the environment did not make is refused by name, and nothing is loaded anywhere', async () => {
  const production = {
    connection: { connection_string: 'postgresql://127.0.0.1:1/production' },
    connector: 'postgres',
  };
  await world.applyStore('local', 'production', production, {});
  await writePackage(directory, {
    datasets: { mine: seeded('mine'), theirs: { ...seeded('theirs'), store: 'production' } },
  });
  await expect(run()).rejects.toMatchObject({
    kind: 'refused',
    message: 'Store production of cell local is not one that dk may fill',
  });
  expect(await tables()).toEqual([]);
  await expect(run({ environmentId: 'another' })).rejects.toMatchObject({ kind: 'refused' });
});

test('a Store with our labels that was led to another machine is refused', async () => {
  const connection = { connection_string: 'postgresql://db.example.com/production' };
  await world.applyStore('local', 'astray', { connector: 'postgres', connection }, ownerLabels(environmentId));
  await writePackage(directory, { datasets: { theirs: { ...seeded('theirs'), store: 'astray' } } });
  await expect(run()).rejects.toMatchObject({
    kind: 'refused',
    why: expect.arrayContaining(['Its address db.example.com is not on this machine']),
  });
});

test('an input of another cell is seeded there, once, however the cell is written', async () => {
  const canary = await world.addCell('canary');
  await writePackage(directory, {
    datasets: { quakes: seeded('quakes'), plain: seeded('plain') },
    inputs: [{ dataset: 'quakes', cell: 'cell-canary' }, { dataset: 'quakes', cell: 'canary' }, { dataset: 'plain' }],
  });
  const { seeds } = await run();
  expect(seeds.map(({ dataset, cell }) => `${dataset} ${cell}`).sort()).toEqual([
    'plain local',
    'quakes canary',
    'quakes local',
  ]);
  expect(await tables(canary)).toEqual([{ tablename: 'quakes' }]);
});

test('a cell that does not exist is named, and so are those that do', async () => {
  await writePackage(directory, { datasets: { people: seeded('people') } });
  await expect(run({ cell: 'locl' })).rejects.toMatchObject({
    kind: 'notFound',
    message: expect.stringContaining('locl'),
  });
});

test('data sets without a seed are left alone', async () => {
  await writePackage(directory, { datasets: { people: { table: 'people', schema } } });
  expect(await run()).toMatchObject({ seeds: [] });
  expect(await tables()).toEqual([]);
});

test('two data sets with seeds for one table are refused with the places of both', async () => {
  await writePackage(directory, { datasets: { a: seeded('people'), b: seeded('people') } });
  await expect(run()).rejects.toMatchObject({
    kind: 'invalid',
    why: [expect.stringMatching(/^dataset\/a\.yaml:\d+:\d+$/), expect.stringMatching(/^dataset\/b\.yaml:\d+:\d+$/)],
  });
});

test('one seed that fails does not keep the others from being loaded', async () => {
  const broken = { table: 'broken', schema, dev: { seed: { inline: [{ id: 'x' }] } } };
  await writePackage(directory, { datasets: { broken, good: seeded('good') } });
  await expect(run()).rejects.toMatchObject({
    kind: 'invalid',
    message: expect.stringMatching(/^dataset\/broken\.yaml:\d+:\d+: does not fit into table "broken"$/),
  });
  expect(await tables()).toEqual([{ tablename: 'good' }]);
});

test('files that are missing, or outside of the package, are refused', async () => {
  const withFile = (file: string) =>
    writePackage(directory, { datasets: { a: { table: 'a', schema, dev: { seed: { file } } } } });
  await withFile('gone.csv');
  await expect(run()).rejects.toMatchObject({ kind: 'notFound', message: expect.stringContaining('gone.csv') });
  for (const outside of ['/etc/hostname', '../../../../../../../etc/hostname']) {
    await withFile(outside);
    await expect(run(), outside).rejects.toMatchObject({
      kind: 'invalid',
      why: ['it is not a file inside the package'],
    });
  }
  await symlink('/etc/hostname', join(directory, 'link.csv'));
  await withFile('link.csv');
  await expect(run()).rejects.toMatchObject({ kind: 'invalid', why: ['it is not a file inside the package'] });
});

test('a database that does not answer is named, without its password', async () => {
  await world.cells.applyCell(wantedCell('dead', environmentId));
  await world.cells.secrets.set('dead', 'warehouse', { PG_USER: 'dp_dead', PG_PASS: 'very secret' });
  const warehouse = { name: 'warehouse', connector: 'postgres' } as const;
  const nowhere = { address: '127.0.0.1:1', host: '127.0.0.1:1' };
  await world.cells.applyStore('dead', wantedStore('dead', warehouse, environmentId, nowhere));
  await writePackage(directory, { datasets: { people: seeded('people') } });
  const error = await run({ cell: 'dead' }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    kind: 'unhealthy',
    message: 'Store warehouse of cell dead cannot be used',
    why: expect.arrayContaining([expect.stringContaining('127.0.0.1:1')]),
    next: ['dk dev up puts right what it has made', 'dk store check warehouse --cell dead'],
  });
  expect(JSON.stringify(error)).not.toContain('very secret');
});
