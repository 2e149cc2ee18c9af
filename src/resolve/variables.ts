import { Failure } from '../failure.ts';
import type { ResolvedStore } from './run-spec.ts';

/** A variable with what it comes from, so that a collision can name both. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly source: string;
}

/** `lake-raw` → `LAKE_RAW`: how a name stands in a variable. */
export function variableName(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_');
}

/** All variables by their names; two sources for one name are an invalid Failure. */
export function combineVariables(variables: readonly Variable[]): Readonly<Record<string, string>> {
  const byName = new Map<string, Variable>();
  for (const variable of variables) {
    const other = byName.get(variable.name);
    if (other) throw collision(other, variable);
    byName.set(variable.name, variable);
  }
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

/** The DK_STORE_* and AWS_* variables of a run's Stores. */
export function storeVariables(
  stores: readonly ResolvedStore[],
  deploymentCell: string | undefined,
): readonly Variable[] {
  return [...stores.flatMap((store) => variablesOf(store, deploymentCell)), ...awsVariables(stores)];
}

function variablesOf(store: ResolvedStore, deploymentCell: string | undefined): readonly Variable[] {
  checkStoreName(store.name);
  const foreign = store.cell !== undefined && store.cell !== deploymentCell;
  const name = foreign ? `${variableName(store.cell)}__${variableName(store.name)}` : variableName(store.name);
  const source = `Store ${store.name}${foreign ? ` of cell ${store.cell}` : ''}`;
  return [
    ...(store.dsn === undefined ? [] : [{ name: `DK_STORE_DSN_${name}`, value: store.dsn, source: `${source} (DSN)` }]),
    { name: `DK_STORE_TYPE_${name}`, value: store.connector, source: `${source} (type)` },
    ...Object.entries(store.fields).map(([field, value]) => ({
      name: `DK_STORE_${name}_${variableName(field)}`,
      value,
      source: `${source} (field ${field})`,
    })),
  ];
}

function checkStoreName(name: string): void {
  if (!/^(dsn|type)(-|$)/.test(name)) return;
  throw new Failure('invalid', {
    what: `A Store cannot be called ${name}`,
    why: 'Its variables would be read as the DSN or the type of another Store',
    next: 'Rename it: a name is not dsn or type, and does not begin with dsn- or type-',
  });
}

/** What S3 clients read by themselves; only a run with exactly one S3 store can mean it. */
function awsVariables(stores: readonly ResolvedStore[]): readonly Variable[] {
  const [only, ...others] = stores.filter(({ connector }) => connector === 's3');
  if (!only || others.length > 0) return [];
  const { endpoint, access_key_id, secret_access_key, region } = only.fields;
  const entries = {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: access_key_id,
    AWS_SECRET_ACCESS_KEY: secret_access_key,
    AWS_REGION: region,
  };
  const source = `Store ${only.name}, the only one of S3`;
  return Object.entries(entries).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value, source }]));
}

function collision(one: Variable, other: Variable): Failure {
  return new Failure('invalid', {
    what: `Two sources for the variable ${one.name}`,
    why: [one.source, other.source],
    next: 'Rename one of them',
  });
}
