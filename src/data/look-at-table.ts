import type { Client } from 'pg';
import { Failure } from '../failure.ts';
import { withPostgres } from '../tools/postgres.ts';
import { type DatabaseError, isDatabaseError, lostOr, wordsOf } from './database-error.ts';
import type { Place } from './place.ts';
import type { Row } from './rows.ts';
import { tableOf } from './table-name.ts';

/** A table from outside. */
export interface TableListing {
  readonly type: 'table';
  readonly table: string;
  readonly rows: number;
  /** With its indexes. */
  readonly bytes: number;
}

export function listTable(place: Place, signal: AbortSignal): Promise<TableListing> {
  const { quoted } = tableOf(place);
  return look(place, signal, async (client) => {
    const { rows } = await client.query<{ rows: string; bytes: string }>(
      `SELECT count(*) AS rows, pg_total_relation_size($1::regclass) AS bytes FROM ${quoted}`,
      [quoted],
    );
    const [found] = rows;
    return { type: 'table', table: place.port.table ?? '', rows: Number(found?.rows), bytes: Number(found?.bytes) };
  });
}

/** The first rows of a table, in the order in which Postgres finds them. */
export function headOfTable(place: Place, limit: number, signal: AbortSignal): Promise<readonly Row[]> {
  const { quoted } = tableOf(place);
  return look(place, signal, async (client) => {
    const types = { getTypeParser: (type: number) => parserFor(client, type) };
    const query = { text: `SELECT * FROM ${quoted} LIMIT $1`, values: [limit], types };
    const { rows } = await client.query<Row>(query);
    return rows;
  });
}

async function look<Seen>(place: Place, signal: AbortSignal, see: (client: Client) => Promise<Seen>): Promise<Seen> {
  try {
    return await withPostgres(
      place.store.dsn ?? '',
      async (client) => {
        await client.query(`BEGIN READ ONLY; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'`);
        return see(client);
      },
      { signal },
    );
  } catch (error) {
    throw isDatabaseError(error) ? cannotLook(place, error) : lostOr(error, place.store);
  }
}

const [int8, numeric, json, jsonb] = [20, 1700, 114, 3802];
const booleans = 16;
const numbers = [21, 23, 26, 700, 701];

/** Values as JSON has them, and whatever JSON cannot say exactly as Postgres writes it. */
function parserFor(client: Client, type: number): (text: string) => unknown {
  if (type === int8 || type === numeric) return (text) => (String(Number(text)) === text ? Number(text) : text);
  const native = [booleans, ...numbers, json, jsonb].includes(type);
  return native ? client.getTypeParser(type, 'text') : (text) => text;
}

function cannotLook({ port }: Place, error: DatabaseError): Failure {
  const missing = error.code === '42P01' || error.code === '3F000';
  return new Failure(missing ? 'notFound' : 'refused', {
    what: `Table ${port.table} of data set ${port.dataset} cannot be read`,
    why: wordsOf(error),
    next: missing ? 'dk dev seed makes it where the data set has a seed, and so may a run of the package' : [],
    cause: error,
  });
}
