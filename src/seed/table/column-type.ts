import { type Place, placeIn } from '../../data/place.ts';
import { isIdentifier } from '../../data/table-name.ts';
import { Failure } from '../../failure.ts';
import { quoteIdentifier } from '../../tools/postgres.ts';

/** Words of other systems that mean one type of Postgres. */
const portable: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['double', 'double precision'],
  ['long', 'bigint'],
  ['number', 'numeric'],
  ['datetime', 'timestamptz'],
  ['object', 'jsonb'],
  ['binary', 'bytea'],
  ['bytes', 'bytea'],
]);

/** A type's name and nothing else: types cannot be parameters, so what else would be SQL stops here. */
const grammar =
  /^(?:double precision|(?:character|bit) varying|[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?)(?: ?\(\d{1,8}(?:, ?-?\d{1,4})?\))?(?: with(?:out)? time zone)?(?:\[\d{0,8}\])*$/i;

/** The columns of a data set as `CREATE TABLE` has them; invalid Failures with the line of what is no column. */
export function columnDefinitions({ manifest, port }: Place): string {
  if (port.schema.length === 0) {
    throw new Failure('invalid', {
      what: `Table ${port.table} does not exist, and data set ${port.dataset} has no schema to make it from`,
      why: `${placeIn(manifest, ['spec'])}: without spec.schema the types of its columns would be guesses`,
      next: 'Write the columns into spec.schema, or make the table before you seed it',
    });
  }
  return port.schema
    .map(({ name, type }, index) => {
      const place = placeIn(manifest, ['spec', 'schema', index, 'name']);
      if (!isIdentifier(name)) throw new Failure('invalid', { what: `${place}: a column has 1 to 63 bytes` });
      return `${quoteIdentifier(name)} ${postgresType(type, placeIn(manifest, ['spec', 'schema', index, 'type']))}`;
    })
    .join(', ');
}

function postgresType(type: string, place: string): string {
  const meant = portable.get(type.toLowerCase()) ?? type;
  if (grammar.test(meant)) return meant;
  throw new Failure('invalid', {
    what: `${place}: ${JSON.stringify(type)} is not a type of Postgres`,
    why: 'A type is a name, with numbers in parentheses and [] where it needs them: text, numeric(10, 2), text[]',
  });
}
