import pg from 'pg';
import QueryStream from 'pg-query-stream';

/**
 * The table's rows as `{ day, line }`, oldest first: the UTC day and one line of JSON with the columns of the schema.
 * Postgres writes the JSON, so that microseconds, big integers and numerics arrive as they are; a cursor bounds memory.
 */
export async function* readEvents(client, table, schema) {
  await client.query(`set timezone to 'UTC'`);
  const columns = schema.map(({ name }) => pg.escapeIdentifier(name)).join(', ');
  yield* client.query(
    new QueryStream(
      `select coalesce(to_char(occurred_at, 'YYYY-MM-DD'), 'unknown') as day, row_to_json(event)::text || E'\\n' as line
       from (select ${columns} from ${quote(table)}) as event
       order by occurred_at, event_id`,
      [],
      { batchSize: 1000 },
    ),
  );
}

/** `raw_events` or `public.raw_events`. */
const quote = (table) => table.split('.').map(pg.escapeIdentifier).join('.');
