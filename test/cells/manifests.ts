import { apiVersion } from '../../src/manifest/api-version.ts';
import type { Cell } from '../../src/manifest/schema/cell.ts';
import type { Store } from '../../src/manifest/schema/store.ts';

/** A valid Cell in the namespace that convention gives it. */
export function cellOf(
  name: string,
  change: { metadata?: Partial<Cell['metadata']>; spec?: Partial<Cell['spec']> } = {},
) {
  const metadata = { name, ...change.metadata };
  return { apiVersion, kind: 'Cell', metadata, spec: { namespace: `dk-${name}`, ...change.spec } } satisfies Cell;
}

/** A valid postgres Store without a namespace. */
export function storeOf(
  name: string,
  change: { metadata?: Partial<Store['metadata']>; spec?: Partial<Store['spec']> } = {},
) {
  const metadata = { name, ...change.metadata };
  const spec = { connector: 'postgres', connection: { host: '127.0.0.1', port: 25432 }, ...change.spec };
  return { apiVersion, kind: 'Store', metadata, spec } satisfies Store;
}

/** Strings that one YAML parser or another takes for something else, and text that is not ASCII. */
export const trickyStrings: Readonly<Record<string, string>> = {
  empty: '',
  boolean: 'true',
  oldBoolean: 'yes',
  number: '5432',
  octal: '0o17',
  oldOctal: '0644',
  float: '1e3',
  sexagesimal: '12:30:45',
  date: '2026-01-31',
  null: 'null',
  tilde: '~',
  anchor: '&a',
  comment: 'a # b',
  colon: 'a: b',
  lines: 'first\n  second\n\n',
  spaces: '  both ends  ',
  quotes: `'single' "double" \\`,
  unicode: 'Zürich 東京 🚀 \u0301\u2028',
  key: '${PG_PASS}',
};
