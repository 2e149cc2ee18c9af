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

/** What is put in the place of a secret, by the name of its field. */
type StandIn = (field: string) => string;

/** Replaces every literal secret: in `secrets`, in fields of such a name, in URLs with a password. */
export function withoutSecretValues(store: Store, standIn: StandIn = reference): SecretFree {
  const { connection, secrets } = store.spec;
  const spec = { ...store.spec, connection: mapFields(connection, clearValue(standIn)) };
  const free = secrets ? { ...spec, secrets: mapFields(secrets, hide(standIn)) } : spec;
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
function clearValue(standIn: StandIn) {
  return (field: string, value: unknown): unknown => {
    if (typeof value === 'string') return clearText(standIn, field, value);
    if (Array.isArray(value)) return value.map((item) => clearValue(standIn)(field, item));
    if (isMapping(value)) return mapFields(value, clearValue(standIn));
    return secretName.test(field) ? standIn(field) : value;
  };
}

function clearText(standIn: StandIn, field: string, text: string): string {
  if (secretName.test(field)) return hide(standIn)(field, text);
  const password = (value: string) => hide(standIn)('password', value);
  return text
    .replace(login, (_, before: string, value: string) => `${before}:${password(value)}@`)
    .replace(parameter, (_, before: string, value: string) => before + password(value));
}

/** A text that refers to a key is no secret. */
function hide(standIn: StandIn) {
  return (field: string, text: string): string => (text.includes('${') ? text : standIn(field));
}

function reference(field: string): string {
  return `\${${field.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}}`;
}
