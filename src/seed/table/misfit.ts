import { type DatabaseError, wordsOf } from '../../data/database-error.ts';
import { Failure } from '../../failure.ts';
import { didYouMean } from '../../manifest/near-miss.ts';
import type { Table } from './inspect.ts';

/** The Failure for a row that the table refuses, with its place. */
export function misfit(place: string, { quoted }: Table, error: DatabaseError): Failure {
  return new Failure('invalid', {
    what: `${place}: does not fit into table ${quoted}`,
    why: wordsOf(error),
    cause: error,
  });
}

/** Throws an invalid Failure for names that are not columns of the table. */
export function checkColumns(names: readonly string[], { quoted, columns }: Table, place: string): void {
  const unknown = names.find((name) => !columns.includes(name));
  if (unknown === undefined) return;
  throw new Failure('invalid', {
    what: `${place}: table ${quoted} has no column ${JSON.stringify(unknown)}${didYouMean(unknown, columns)}`,
    why: `It has ${columns.join(', ')}`,
  });
}
