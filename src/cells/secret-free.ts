import { isDeepStrictEqual } from 'node:util';
import { isMapping } from '../manifest/mapping.ts';
import type { Store } from '../manifest/schema/store.ts';

/** A Store without any value that is secret, and the fields in which one stood. */
export interface SecretFree {
  readonly store: Store;
  /** Such as `secrets.password`. */
  readonly cleared: readonly string[];
}

const secretName = /pass(word|wd|phrase)?$|secret|token|private_key|access_key/i;
const login = /^([a-z][a-z0-9+.-]*:\/\/[^:@/?#]*):([^/?#]*)@/i;
const parameter = /(\b(?:ssl)?password\s*=\s*)('[^']*'|[^\s&#]+)/gi;

/** Puts `${KEY}` in the place of every literal secret: in `secrets`, in fields of such a name, in URLs with a password. */
export function withoutSecretValues(store: Store): SecretFree {
  const { connection, secrets } = store.spec;
  const spec = { ...store.spec, connection: mapFields(connection, clearValue) };
  const free = secrets ? { ...spec, secrets: mapFields(secrets, orReference) } : spec;
  const changed = (part: 'connection' | 'secrets') =>
    Object.entries(store.spec[part] ?? {})
      .filter(([field, value]) => !isDeepStrictEqual(free[part]?.[field], value))
      .map(([field]) => `${part}.${field}`);
  return { store: { ...store, spec: free }, cleared: [...changed('connection'), ...changed('secrets')] };
}

function mapFields<From, To>(fields: Readonly<Record<string, From>>, map: (field: string, value: From) => To) {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, map(field, value)]));
}

/** A nested value is no valid connection, and may hold a secret all the same. */
function clearValue(field: string, value: unknown): unknown {
  if (typeof value === 'string') return clearText(field, value);
  if (Array.isArray(value)) return value.map((item) => clearValue(field, item));
  if (isMapping(value)) return mapFields(value, clearValue);
  return secretName.test(field) ? orReference(field, String(value)) : value;
}

function clearText(field: string, text: string): string {
  if (secretName.test(field)) return orReference(field, text);
  return text
    .replace(login, (_, before: string, password: string) => `${before}:${orReference('password', password)}@`)
    .replace(parameter, (_, before: string, password: string) => before + orReference('password', password));
}

/** The text itself if it refers to a key, else a reference named as the field. */
function orReference(field: string, text: string): string {
  return text.includes('${') ? text : `\${${field.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}}`;
}
