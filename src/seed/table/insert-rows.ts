import type { Client } from 'pg';
import { isDatabaseError } from '../../data/database-error.ts';
import { Failure } from '../../failure.ts';
import { quoteIdentifier } from '../../tools/postgres.ts';
import type { SeedRow } from '../rows.ts';
import type { Table } from './inspect.ts';
import { checkColumns, misfit } from './misfit.ts';

const mostRows = 1000;
const mostCharacters = 1024 * 1024;

/** Inserts rows in batches, in a transaction that the caller has begun; gives their number. A column that a row does not name gets its default. */
export async function insertRows(client: Client, table: Table, rows: AsyncIterable<SeedRow>): Promise<number> {
  let count = 0;
  let batch: SeedRow[] = [];
  let characters = 0;
  for await (const row of rows) {
    checkColumns(columnsOf(row), table, row.place);
    batch.push(row);
    count++;
    characters += row.text.length;
    if (batch.length < mostRows && characters < mostCharacters) continue;
    await insertBatch(client, table, batch);
    batch = [];
    characters = 0;
  }
  await insertBatch(client, table, batch);
  return count;
}

async function insertBatch(client: Client, table: Table, rows: readonly SeedRow[]): Promise<void> {
  const alike = new Map<string, SeedRow[]>();
  for (const row of rows) {
    const shape = JSON.stringify(columnsOf(row));
    const group = alike.get(shape);
    if (group) group.push(row);
    else alike.set(shape, [row]);
  }
  for (const group of alike.values()) await insertAlike(client, table, group);
}

/** Rows that name the same columns, by one statement; if it fails, one by one, to know which row it was. */
async function insertAlike(client: Client, table: Table, rows: readonly SeedRow[]): Promise<void> {
  await client.query('SAVEPOINT seed_rows');
  try {
    await insert(client, table, rows);
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    await client.query('ROLLBACK TO seed_rows');
    for (const row of rows) await insertOne(client, table, row);
    throw error;
  }
  await client.query('RELEASE seed_rows');
}

async function insertOne(client: Client, table: Table, row: SeedRow): Promise<void> {
  try {
    await insert(client, table, [row]);
  } catch (error) {
    throw isDatabaseError(error) ? misfit(row.place, table, error) : error;
  }
}

/** Postgres itself reads the JSON into the columns' types: no number passes through JavaScript. */
async function insert(client: Client, { quoted }: Table, [first, ...others]: readonly SeedRow[]): Promise<void> {
  if (!first) return;
  const columns = columnsOf(first).map(quoteIdentifier).join(', ');
  if (columns === '') throw new Failure('invalid', { what: `${first.place}: a row names at least one column` });
  await client.query(
    `INSERT INTO ${quoted} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${quoted}, $1::json)`,
    [`[${[first, ...others].map(({ text }) => text).join(',')}]`],
  );
}

function columnsOf({ row }: SeedRow): readonly string[] {
  return Object.keys(row).sort();
}
