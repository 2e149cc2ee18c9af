import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, test } from 'vitest';
import { useLocal } from './local.ts';

const { directory, write, writePeople, run, query, rowsOf, writesTo } = useLocal();

describe('the earthquakes of examples/pg-to-s3', () => {
  beforeEach(async () => {
    await cp(resolve('examples/pg-to-s3'), directory(), { recursive: true });
  });

  test('are loaded once, and the second time nothing is written', async () => {
    const { seeds } = await run();
    expect(seeds).toMatchObject([
      { dataset: 'raw-events', cell: 'local', store: 'warehouse', rows: 1707, objects: null, result: 'loaded' },
    ]);
    expect(seeds[0]?.bytes).toBe((await readFile(join(directory(), 'data/earthquakes.csv'))).length);
    const { rows } = await query('SELECT count(*), count(felt_reports) AS felt, min(occurred_at) FROM raw_events');
    expect(rows).toEqual([{ count: '1707', felt: expect.any(String), min: new Date('2018-01-31T01:49:59.650Z') }]);
    const before = await writesTo('raw_events');
    const again = await run();
    expect(again.seeds).toMatchObject([{ rows: 1707, result: 'unchanged' }]);
    expect(await writesTo('raw_events')).toBe(before);
  });

  test('are loaded anew when the file changes, when the table is emptied, and when it is dropped', async () => {
    await run();
    const file = join(directory(), 'data/earthquakes.csv');
    await writeFile(file, (await readFile(file, 'utf8')).split('\n').slice(0, 11).join('\n'));
    expect(await run()).toMatchObject({ seeds: [{ rows: 10, result: 'loaded' }], whys: ['the seed has changed'] });
    await query('DELETE FROM raw_events');
    expect(await run()).toMatchObject({ seeds: [{ rows: 10, result: 'loaded' }], whys: ['its table was emptied'] });
    await query('DROP TABLE raw_events');
    expect(await run()).toMatchObject({ seeds: [{ rows: 10 }], whys: ['its table does not exist'] });
    expect(await rowsOf('raw_events')).toHaveLength(10);
  });

  test('give way to a profile, and come back without it', async () => {
    await run();
    await run({ profile: 'midnight' });
    const night = await rowsOf('raw_events');
    expect(night.map(({ event_id, place, stations }) => [event_id, place, stations])).toEqual([
      ['night-1', '1km N of "Nowhere", Åland', 12],
      ['night-2', null, null],
    ]);
    expect(await run()).toMatchObject({ seeds: [{ rows: 1707, result: 'loaded' }] });
  });

  test('have a profile that is named when another one is asked for', async () => {
    await expect(run({ profile: 'midnigth' })).rejects.toMatchObject({
      kind: 'notFound',
      message: 'No data set has a seed profile midnigth; did you mean "midnight"?',
      why: ['There are midnight'],
    });
  });
});

describe('a CSV file', () => {
  test('keeps nulls, empty texts, quotes, line ends and every script apart', async () => {
    await writePeople('\uFEFFname,id\n,1\n"",2\n"a ""b"", c",3\n"two\nlines",4\nÅ🙂\u2028,5\n');
    await run();
    expect(await rowsOf('people')).toEqual([
      { id: '1', name: null },
      { id: '2', name: '' },
      { id: '3', name: 'a "b", c' },
      { id: '4', name: 'two\nlines' },
      { id: '5', name: 'Å🙂\u2028' },
    ]);
  });

  test('with a row that does not fit changes nothing, and says file, line and the words of Postgres', async () => {
    await writePeople('id,name\n1,a\n2,b\n');
    await run();
    await writePeople('id,name\n10,a\n20,"two\nlines"\nx,c\n');
    const error = await run().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'invalid', message: 'people.csv:5: does not fit into table "people"' });
    expect(error).toMatchObject({ why: expect.arrayContaining(['invalid input syntax for type bigint: "x"']) });
    expect((await rowsOf('people')).map(({ id }) => id)).toEqual(['1', '2']);
  });

  test('with a column that the table does not have is refused with the near miss', async () => {
    await writePeople('id,nmae\n1,a\n');
    await expect(run()).rejects.toMatchObject({
      kind: 'invalid',
      message: 'people.csv:1: table "people" has no column "nmae"; did you mean "name"?',
    });
  });

  test('that is empty has no header', async () => {
    await writePeople('');
    await expect(run()).rejects.toMatchObject({ kind: 'invalid', message: expect.stringMatching(/^people\.csv:1:/) });
  });

  test('of 200,000 rows is streamed in flat memory, and says how far it is', async () => {
    const line = (id: number) => `${id},"${'somewhere '.repeat(20)}"\n`;
    const text = `id,name\n${Array.from({ length: 200_000 }, (_, id) => line(id)).join('')}`;
    await writePeople(Buffer.from(text));
    const before = heldMemory();
    const held: number[] = [];
    const { seeds, said } = await run({}, ({ type }) => type === 'step-said' && held.push(heldMemory() - before));
    expect(Math.max(...held)).toBeLessThan(8 * 1024 * 1024);
    expect(seeds).toMatchObject([{ rows: 200_000, bytes: Buffer.byteLength(text) }]);
    expect(said.length).toBeGreaterThan(10);
    expect(said.at(-1)).toMatch(/^(\S+ MiB) of \1$/);
    expect((await query('SELECT count(*) FROM people')).rows).toEqual([{ count: '200000' }]);
  });
});

describe('rows as JSON', () => {
  test('keep what JavaScript cannot hold: great integers and fine decimals', async () => {
    const schema = [
      { name: 'id', type: 'bigint' },
      { name: 'exact', type: 'numeric(30, 10)' },
      { name: 'rough', type: 'double' },
    ];
    const row = '{"id": 9007199254740993, "exact": 12345678901234567890.0123456789, "rough": 1e-7}';
    await write({
      datasets: {
        lines: { table: 'lines', schema, dev: { seed: { file: 'rows.ndjson' } } },
        list: { table: 'list', schema, dev: { seed: { file: 'rows.json' } } },
      },
      files: { 'rows.ndjson': `${row}\n\n`, 'rows.json': `[\n  ${row}\n]\n` },
    });
    const { seeds } = await run();
    expect(seeds.map(({ dataset, rows }) => [dataset, rows])).toEqual([
      ['lines', 1],
      ['list', 1],
    ]);
    const exact = { id: '9007199254740993', exact: '12345678901234567890.0123456789', rough: 1e-7 };
    expect([await rowsOf('lines'), await rowsOf('list')]).toEqual([[exact], [exact]]);
  });

  test('keep nulls, empty texts, nested values and arrays; a column that a row does not name has its default', async () => {
    await query(`CREATE TABLE things (id serial, name text DEFAULT 'nameless', tags text[], more jsonb)`);
    const inline = [
      { name: '', tags: ['a "b"', 'c,d'], more: { deep: [1, null] } },
      { name: null },
      { tags: [], more: 'Å\n\t"\\' },
    ];
    await write({ datasets: { things: { table: 'things', dev: { seed: { inline } } } } });
    await run();
    expect(await rowsOf('things')).toEqual([
      { id: 1, name: '', tags: ['a "b"', 'c,d'], more: { deep: [1, null] } },
      { id: 2, name: null, tags: null, more: null },
      { id: 3, name: 'nameless', tags: [], more: 'Å\n\t"\\' },
    ]);
  });

  test('are refused by the line of the first that does not fit, and the former rows stay', async () => {
    await writePeople('{"id": 1}\n', 'people.ndjson');
    await run();
    const lines = Array.from({ length: 2500 }, (_, id) => JSON.stringify({ id, name: 'x' }));
    lines[1700] = '{"id": "no number", "name": "x"}';
    await writePeople(lines.join('\n'), 'people.ndjson');
    await expect(run()).rejects.toMatchObject({ message: 'people.ndjson:1701: does not fit into table "people"' });
    expect(await rowsOf('people')).toEqual([{ id: '1', name: null }]);
  });

  test('that are broken off, no object, or of other columns are refused with file and line', async () => {
    const messageFor = async (content: string, file: string) => {
      await writePeople(content, file);
      return run().catch((error: Error) => error.message);
    };
    expect(await messageFor('{"id": 1}\n{"id": ', 'a.ndjson')).toBe('a.ndjson:2: cannot be read as JSON');
    expect(await messageFor('[\n{"id": 1},\n7]', 'b.json')).toBe('b.json:3: a row must be an object, column by column');
    expect(await messageFor('{"id": 1}', 'c.json')).toBe('c.json:1: cannot be read as JSON');
    expect(await messageFor('[{"ID": 1}]', 'd.json')).toMatch(
      /^d\.json:1: table "people" has no column "ID"; did you mean "id"/,
    );
  });
});

/** Bytes that are really held, and not only not yet collected. */
function heldMemory(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
