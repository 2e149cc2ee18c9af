import { join } from 'node:path';
import type { Client } from 'pg';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type PackageParts, seed, startWorld, type World, writePackage } from './world.ts';

export const people = [
  { name: 'id', type: 'bigint' },
  { name: 'name', type: 'text' },
];

/** For the tests of one file: cell local with an empty database, and an empty folder for a package, before each of them. */
export function useLocal() {
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
  const write = (parts: PackageParts) => writePackage(directory, parts);
  return {
    directory: () => directory,
    write,
    writePeople: (content: string | Buffer, file = 'people.csv') =>
      write({
        datasets: { people: { table: 'people', schema: people, dev: { seed: { file } } } },
        files: { [file]: content },
      }),
    run: (options: Parameters<typeof seed>[2] = {}, hear?: Parameters<typeof seed>[3]) =>
      seed(world, directory, options, hear),
    query: (sql: string) => local.query(sql),
    rowsOf: async (table: string) => (await local.query(`SELECT * FROM ${table}`)).rows,
    /** Changes with every write to the rows or to the marker. */
    async writesTo(table: string): Promise<string> {
      const { rows } = await local.query(
        `SELECT (SELECT string_agg(DISTINCT xmin::text || ctid::text, ',') FROM ${table}) AS rows,
                (SELECT xmin::text FROM pg_description WHERE objoid = $1::regclass) AS marker`,
        [table],
      );
      return JSON.stringify(rows);
    },
  };
}
