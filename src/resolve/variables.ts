import { Failure } from '../failure.ts';
import type { ResolvedStore } from './run-spec.ts';

/** A variable with what it comes from, so that a collision can name both. */
interface Variable {
  readonly name: string;
  readonly value: string;
  readonly source: string;
}

/** The DK_STORE_* and AWS_* variables of a run's Stores; two sources for one name are an invalid Failure. */
export function storeVariables(
  stores: readonly ResolvedStore[],
  deploymentCell: string | undefined,
): Readonly<Record<string, string>> {
  const variables = stores.flatMap((store) => variablesOf(store, deploymentCell));
  const byName = new Map<string, Variable>();
  for (const variable of variables) {
    const other = byName.get(variable.name);
    if (other) throw collision(other, variable);
    byName.set(variable.name, variable);
  }
  return { ...Object.fromEntries(variables.map(({ name, value }) => [name, value])), ...awsVariables(stores) };
}

/** `lake-raw` → `LAKE_RAW`: how a name stands in a variable. */
export function variableName(name: string): string {
  return name.toUpperCase().replaceAll(/[-.]/g, '_');
}

function variablesOf(store: ResolvedStore, deploymentCell: string | undefined): Variable[] {
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

/** What S3 clients read by themselves; only a run with exactly one S3 store can mean it. */
function awsVariables(stores: readonly ResolvedStore[]): Record<string, string> {
  const [only, ...others] = stores.filter(({ connector }) => connector === 's3');
  if (!only || others.length > 0) return {};
  const { endpoint, access_key_id, secret_access_key, region } = only.fields;
  const entries = {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: access_key_id,
    AWS_SECRET_ACCESS_KEY: secret_access_key,
    AWS_REGION: region,
  };
  return Object.fromEntries(Object.entries(entries).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function collision(one: Variable, other: Variable): Failure {
  return new Failure('invalid', {
    what: `Two sources for the variable ${one.name}`,
    why: [one.source, other.source],
    next: 'Rename one of the Stores or fields',
  });
}
