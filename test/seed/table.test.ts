import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Event } from '../../src/graph/events.ts';
import { people, useLocal } from './local.ts';

const { directory, write, writePeople, run, query, rowsOf, writesTo } = useLocal();

test('a table may be called anything: hostile names are names', async () => {
  const hostile = 'x"; DROP TABLE victim; --';
  await query('CREATE TABLE victim ()');
  await write({
    datasets: {
      odd: {
        table: hostile,
        schema: [
          { name: hostile, type: 'text' },
          { name: `it's`, type: 'text' },
        ],
        dev: { seed: { file: 'odd.csv', inline: [{ [hostile]: hostile, "it's": `'); DROP TABLE victim; --` }] } },
      },
    },
    files: { 'odd.csv': `"x""; DROP TABLE victim; --",it's\n1,2\n` },
  });
  expect(await run()).toMatchObject({ seeds: [{ rows: 2 }] });
  expect(await rowsOf('"x""; DROP TABLE victim; --"')).toEqual([
    { [hostile]: '1', "it's": '2' },
    { [hostile]: hostile, "it's": `'); DROP TABLE victim; --` },
  ]);
  expect(await rowsOf('victim')).toEqual([]);
});

test('a table has columns of types, and nothing else passes for a type', async () => {
  for (const type of ['text); DROP TABLE x; --', 'text DEFAULT 1', 'text not null', "text'", 'text /**/']) {
    await write({ datasets: { t: { table: 't', schema: [{ name: 'a', type }], dev: { seed: { inline: [] } } } } });
    await expect(run(), type).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringMatching(/^dataset\/t\.yaml:\d+:\d+: .* is not a type of Postgres$/),
    });
  }
  await write({
    datasets: { t: { table: 't', schema: [{ name: 'a', type: 'wrod' }], dev: { seed: { inline: [] } } } },
  });
  await expect(run()).rejects.toMatchObject({ kind: 'invalid', why: ['type "wrod" does not exist'] });
});

test('a table in a schema is made with it, and without columns to make it from it is not guessed', async () => {
  const inline = [{ id: 1, name: 'a' }];
  await write({ datasets: { people: { table: 'Crm.people', schema: people, dev: { seed: { inline } } } } });
  await run();
  expect(await rowsOf('"Crm".people')).toEqual([{ id: '1', name: 'a' }]);
  await query('DROP SCHEMA "Crm" CASCADE');
  await write({ datasets: { people: { table: 'people', dev: { seed: { inline } } } } });
  await expect(run()).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining('has no schema') });
});

test('a table that others filled is a conflict, until --clean empties it', async () => {
  await query(`CREATE TABLE people (id bigint, name text); COMMENT ON TABLE people IS 'by hand'`);
  await query(`INSERT INTO people VALUES (7, 'mine')`);
  await writePeople('id,name\n1,a\n');
  await expect(run()).rejects.toMatchObject({
    kind: 'conflict',
    next: ['dk dev seed --clean'],
  });
  expect(await rowsOf('people')).toEqual([{ id: '7', name: 'mine' }]);
  expect(await run({ clean: true })).toMatchObject({ seeds: [{ rows: 1, result: 'loaded' }] });
  expect(await rowsOf('people')).toEqual([{ id: '1', name: 'a' }]);
  const { rows } = await query(`SELECT obj_description('people'::regclass) AS words`);
  expect(rows[0].words).toMatch(/^by hand\n\[dk dev seed: 1 rows, sha256 [0-9a-f]{64}\]$/);
});

test('a table that dk made follows its schema; with --clean it is loaded though nothing changed', async () => {
  await writePeople('id,name\n1,a\n');
  await run();
  await write({
    datasets: {
      people: {
        table: 'people',
        schema: [...people, { name: 'age', type: 'int' }],
        dev: { seed: { file: 'people.csv' } },
      },
    },
    files: { 'people.csv': 'id,name,age\n1,a,44\n' },
  });
  await run();
  expect(await rowsOf('people')).toEqual([{ id: '1', name: 'a', age: 44 }]);
  const before = await writesTo('people');
  expect(await run({ clean: true })).toMatchObject({ seeds: [{ result: 'loaded' }] });
  expect(await writesTo('people')).not.toBe(before);
});

test('a table on which a view stands is not taken away under it', async () => {
  await writePeople('id,name\n1,a\n');
  await run();
  await query('CREATE VIEW names AS SELECT name FROM people');
  await write({
    datasets: { people: { table: 'people', schema: people.slice(0, 1), dev: { seed: { inline: [{ id: 2 }] } } } },
  });
  await expect(run()).rejects.toMatchObject({
    kind: 'conflict',
    why: ['cannot drop table people because other objects depend on it', 'view names depends on table people'],
  });
  expect(await rowsOf('names')).toEqual([{ name: 'a' }]);
  await writePeople('id,name\n2,b\n');
  await run();
  expect(await rowsOf('names')).toEqual([{ name: 'b' }]);
});

test('a table that changes while it is loaded is not loaded', async () => {
  await writePeople('id,name\n1,a\n');
  await run();
  await writePeople('id,name\n2,b\n');
  const change = () => writeFileSync(join(directory(), 'people.csv'), 'id,name\n3,c\n');
  await expect(run({}, ({ type }) => type === 'step-started' && change())).rejects.toMatchObject({
    kind: 'conflict',
    message: 'people.csv was changed while it was loaded',
  });
  expect(await rowsOf('people')).toEqual([{ id: '1', name: 'a' }]);
});

test('a table keeps its former rows when the seed is interrupted', async () => {
  await writePeople('id,name\n1,a\n');
  await run();
  await writePeople(`id,name\n${'7,somebody\n'.repeat(500_000)}`);
  await expect(run({}, ({ type }, interrupt) => type === 'step-said' && interrupt())).rejects.toMatchObject({
    kind: 'interrupted',
  });
  expect(await rowsOf('people')).toEqual([{ id: '1', name: 'a' }]);
});

test('a table keeps its former rows when the database breaks off', async () => {
  await writePeople('id,name\n1,a\n');
  await run();
  await writePeople(`id,name\n${'7,somebody\n'.repeat(500_000)}`);
  const others = 'FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()';
  let killed: Promise<unknown> | undefined;
  const kill = ({ type }: Event) => {
    if (type === 'step-said') killed ??= query(`SELECT pg_terminate_backend(pid) ${others}`);
  };
  await expect(run({}, kill)).rejects.toMatchObject({
    kind: 'unhealthy',
    message: 'The database of Store warehouse stopped working in the middle',
  });
  await killed;
  expect(await rowsOf('people')).toEqual([{ id: '1', name: 'a' }]);
});

test('a table has the same numbers of a sequence each time', async () => {
  await query('CREATE TABLE things (id serial, name text)');
  for (const name of ['a', 'b']) {
    await write({ datasets: { things: { table: 'things', dev: { seed: { inline: [{ name }, { name }] } } } } });
    await run();
    expect((await rowsOf('things')).map(({ id }) => id)).toEqual([1, 2]);
  }
});

test('a table is filled once by two seeds at the same time', async () => {
  await writePeople('id,name\n1,a\n2,b\n');
  const both = await Promise.all([run(), run()]);
  expect(both.map(({ seeds }) => seeds[0]?.rows)).toEqual([2, 2]);
  expect(await rowsOf('people')).toHaveLength(2);
});
