import { Failure } from '../failure.ts';
import { quoteIdentifier } from '../tools/postgres.ts';
import { type Place, placeIn } from './place.ts';

export interface TableName {
  /** Undefined for the first schema of the search path. */
  readonly schema: string | undefined;
  /** For SQL: `"public"."orders"`. */
  readonly quoted: string;
}

/** The table of a data set, from `table` or `schema.table`; an invalid Failure where there can be none. */
export function tableOf({ manifest, port }: Pick<Place, 'manifest' | 'port'>): TableName {
  const { table } = port;
  if (table === undefined) {
    throw new Failure('invalid', {
      what: `${placeIn(manifest, ['spec', 'store'])}: data set ${port.dataset} has no table`,
      why: `Its Store ${port.store} is a database`,
      next: `Add it below spec, such as table: ${port.dataset.replaceAll('-', '_')}`,
    });
  }
  const parts = table.split('.');
  const [schema, name] = parts.length === 1 ? [undefined, table] : parts;
  if (parts.length <= 2 && name !== undefined && parts.every(isIdentifier)) {
    return { schema, quoted: parts.map(quoteIdentifier).join('.') };
  }
  throw new Failure('invalid', {
    what: `${placeIn(manifest, ['spec', 'table'])}: ${JSON.stringify(table)} cannot be a table`,
    why: 'It is a name or schema.name, each of 1 to 63 bytes',
  });
}

/** Postgres cuts longer names off without a word. */
export function isIdentifier(name: string): boolean {
  return name !== '' && Buffer.byteLength(name) <= 63 && !name.includes('\0');
}
