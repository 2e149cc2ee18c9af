import type { Client } from 'pg';
import { Failure } from '../../failure.ts';
import { type Marker, readMarker } from './marker.ts';

/** A table as it stands in the database. */
export interface Table {
  /** For SQL. */
  readonly quoted: string;
  readonly columns: readonly string[];
  readonly filled: boolean;
  readonly comment: string;
  readonly marker: Marker | undefined;
}

/** The table of this quoted name, or undefined; a conflict Failure where something else is called so. */
export async function inspectTable(client: Client, quoted: string): Promise<Table | undefined> {
  const { rows } = await client.query<{ kind: string; comment: string | null; columns: string[] }>(
    `SELECT relkind AS kind, obj_description(oid, 'pg_class') AS comment, ARRAY(
       SELECT attname::text FROM pg_attribute
        WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        ORDER BY attnum) AS columns
       FROM pg_class WHERE oid = to_regclass($1)`,
    [quoted],
  );
  const [found] = rows;
  if (!found) return undefined;
  if (!['r', 'p'].includes(found.kind)) throw noTable(quoted);
  const { rows: some } = await client.query(`SELECT FROM ${quoted} LIMIT 1`);
  const comment = found.comment ?? '';
  return { quoted, columns: found.columns, filled: some.length > 0, comment, marker: readMarker(comment) };
}

function noTable(quoted: string): Failure {
  return new Failure('conflict', {
    what: `${quoted} is not a table`,
    why: 'A view or something else is called so, and rows cannot be put into it',
    next: 'Rename it, or seed the table behind it',
  });
}
