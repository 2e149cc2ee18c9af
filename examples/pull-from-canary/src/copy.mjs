import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/**
 * Replaces the rows of `to` by those of `from` that fit `where`, and gives their number.
 * COPY streams from server to server, in bounded memory; readers of `to` see the old rows until all new ones are there.
 */
export async function copyRows({ source, target, from, to, where }) {
  const columns = to.schema.map(({ name }) => pg.escapeIdentifier(name)).join(', ');
  await target.query('begin');
  await target.query(createTable(to));
  await target.query(`delete from ${quote(to.table)}`);
  const sink = target.query(copyFrom(`copy ${quote(to.table)} (${columns}) from stdin`));
  await pipeline(
    source.query(copyTo(`copy (select ${columns} from ${quote(from.table)} where ${where}) to stdout`)),
    sink,
  );
  await target.query('commit');
  return sink.rowCount;
}

/** The types are the data set's own, which is part of this package. */
export function createTable({ table, schema }) {
  const columns = schema.map(({ name, type }) => `${pg.escapeIdentifier(name)} ${type}`);
  return `create table if not exists ${quote(table)} (${columns.join(', ')})`;
}

/** `quakes` or `public.quakes`. */
const quote = (table) => table.split('.').map(pg.escapeIdentifier).join('.');
