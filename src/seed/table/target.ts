import type { Client } from 'pg';
import { type DatabaseError, isDatabaseError, lostOr, wordsOf } from '../../data/database-error.ts';
import { rowFormatOf } from '../../data/rows.ts';
import { Failure } from '../../failure.ts';
import type { Progress } from '../../graph/step.ts';
import { withPostgres } from '../../tools/postgres.ts';
import { fileRows, inlineRows } from '../rows.ts';
import type { Source } from '../source.ts';
import type { Standing, Target } from '../target.ts';
import type { SeedTask } from '../task.ts';
import { copyCsv } from './copy-csv.ts';
import { emptyTable } from './empty-table.ts';
import { insertRows } from './insert-rows.ts';
import { inspectTable, type Table } from './inspect.ts';
import { withMarker } from './marker.ts';

/** The table of a data set. */
export function tableTarget(task: SeedTask): Target {
  const { store } = task.place;
  const use = async <Result>(signal: AbortSignal, work: (client: Client) => Promise<Result>) => {
    try {
      return await withPostgres(store.dsn ?? '', work, { signal });
    } catch (error) {
      throw isDatabaseError(error) ? cannotLoad(task, error) : lostOr(error, store);
    }
  };
  return {
    look: (signal) => use(signal, async (client) => standingOf(task, await inspectTable(client, task.target))),
    load: (progress) => use(progress.signal, (client) => replaceRows(client, task, progress)),
  };
}

function standingOf({ hash }: SeedTask, table: Table | undefined): Standing {
  if (!table) return { current: false, why: 'its table does not exist' };
  const { marker, filled } = table;
  if (!marker) return { current: false, why: filled ? 'its table holds no seed' : 'its table is empty' };
  if (marker.hash !== hash) return { current: false, why: 'the seed has changed' };
  if (marker.rows > 0 && !filled) return { current: false, why: 'its table was emptied' };
  return { current: true, held: { rows: marker.rows, objects: null } };
}

/** All in one transaction: whoever looks sees the former rows, or all of the new ones. */
async function replaceRows(client: Client, task: SeedTask, progress: Progress): Promise<void> {
  await client.query(`BEGIN; SET LOCAL timezone = 'UTC'`);
  await takeTurn(client, progress);
  await client.query(`SET LOCAL lock_timeout = '10s'`);
  const found = await inspectTable(client, task.target);
  // Another dk may have loaded it by now.
  if (!task.clean && standingOf(task, found).current) return;
  const { table, madeAs } = await emptyTable(client, task, found);
  let rows = 0;
  for (const source of task.sources) rows += await loadSource(client, table, source, progress);
  const comment = withMarker(table.comment, { hash: task.hash, rows, madeAs });
  await client.query(`COMMENT ON TABLE ${table.quoted} IS ${client.escapeLiteral(comment)}`);
  await client.query('COMMIT');
}

/** One seed at a time in one database: two would make the same schema, or wait for each other's tables crosswise. */
async function takeTurn(client: Client, { say }: Progress): Promise<void> {
  const { rows } = await client.query<{ mine: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtext('dk dev seed')) AS mine`,
  );
  if (rows[0]?.mine) return;
  say('waits for another seed of the same database');
  await client.query(`SELECT pg_advisory_xact_lock(hashtext('dk dev seed'))`);
}

async function loadSource(client: Client, table: Table, source: Source, progress: Progress): Promise<number> {
  if (source.kind === 'inline') return insertRows(client, table, inlineRows(source));
  const format = rowFormatOf(source.path);
  if (format === 'csv') return copyCsv(client, table, source, progress);
  if (format !== undefined) return insertRows(client, table, fileRows(source, format, progress));
  throw new Failure('invalid', {
    what: `${source.shown} cannot be put into a table`,
    why: 'It must be a .csv, .json or .ndjson file',
    next: 'Convert the file, and name the new one in spec.dev.seed',
  });
}

const lockTimeout = '55P03';
/** Others depend on the table, or refer to it. */
const entangled = ['2BP01', '0A000'];

function cannotLoad({ place, target }: SeedTask, error: DatabaseError): Failure {
  const conflict = error.code === lockTimeout || entangled.includes(error.code);
  return new Failure(conflict ? 'conflict' : 'invalid', {
    what: `Data set ${place.port.dataset} cannot be loaded into table ${target}`,
    why: error.code === lockTimeout ? 'for 10 s somebody else has been using the table' : wordsOf(error),
    next: error.code === lockTimeout ? 'dk ps shows what runs' : [],
    cause: error,
  });
}
