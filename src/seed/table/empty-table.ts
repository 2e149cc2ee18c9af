import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { tableOf } from '../../data/table-name.ts';
import { Failure } from '../../failure.ts';
import { quoteIdentifier } from '../../tools/postgres.ts';
import type { SeedTask } from '../task.ts';
import { columnDefinitions } from './column-type.ts';
import { inspectTable, type Table } from './inspect.ts';

/** A table that is ready for rows. */
export interface EmptyTable {
  readonly table: Table;
  /** The columns with which dk made it; undefined for a table of others. */
  readonly madeAs: string | undefined;
}

/** What was found without its rows; a table that dk made for other columns is made anew. */
export async function emptyTable(client: Client, task: SeedTask, found: Table | undefined): Promise<EmptyTable> {
  if (!found) return makeTable(client, task, '');
  const { marker, filled, quoted } = found;
  if (filled && !marker && !task.clean) throw foreignRows(task);
  const madeAs = marker?.madeAs;
  if (madeAs !== undefined && madeAs !== fingerprint(task)) {
    await client.query(`DROP TABLE ${quoted}`);
    return makeTable(client, task, found.comment);
  }
  if (filled) await client.query(`TRUNCATE ${quoted} RESTART IDENTITY`);
  return { table: found, madeAs };
}

async function makeTable(client: Client, task: SeedTask, comment: string): Promise<EmptyTable> {
  const { schema, quoted } = tableOf(task.place);
  const definitions = columnDefinitions(task.place);
  if (schema !== undefined) await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}`);
  await client.query(`CREATE TABLE ${quoted} (${definitions})`);
  const made = await inspectTable(client, quoted);
  if (!made) throw new Error(`table ${quoted} was made, and is not there`);
  return { table: { ...made, comment }, madeAs: fingerprint(task) };
}

function fingerprint({ place }: SeedTask): string {
  const columns = place.port.schema.map(({ name, type }) => [name, type]);
  return createHash('sha256').update(JSON.stringify(columns)).digest('hex');
}

function foreignRows({ place, target }: SeedTask): Failure {
  return new Failure('conflict', {
    what: `Table ${target} of data set ${place.port.dataset} has rows that no seed put there`,
    why: [
      'A seed replaces all rows of its table',
      "With --clean they are replaced too, as is whatever stands in the places of the package's other seeds",
    ],
    next: `dk dev seed --clean${place.port.cell === 'local' ? '' : ` --cell ${place.port.cell}`}`,
  });
}
