import type { Transform } from '../manifest/schema/transform.ts';
import type { MissingValue } from './missing-keys.ts';
import { givenKey, givenPlaces, localCell, valueIn } from './package-keys.ts';
import type { Where } from './resolve.ts';
import type { Variable } from './variables.ts';

type EnvironmentVariable = NonNullable<Transform['spec']['env']>[number];

/** The transform's own `env`; what is missing is reported with all else that is. */
export interface OwnVariables {
  readonly variables: readonly Variable[];
  readonly secretValues: readonly string[];
  readonly missing: readonly MissingValue[];
}

/**
 * Resolves `spec.env`, with `valueFrom` read from the cell's Secrets and ConfigMaps; without a cell from the caller's
 * environment, `.env`, then cell:local.
 */
export async function transformVariables(
  env: readonly EnvironmentVariable[],
  cell: string | undefined,
  where: Where,
): Promise<OwnVariables> {
  const resolved = await Promise.all(env.map((variable) => resolveVariable(variable, cell, where)));
  return {
    variables: resolved.flatMap(({ variable }) => variable ?? []),
    secretValues: resolved.flatMap(({ variable, secret }) => (variable && secret ? [variable.value] : [])),
    missing: resolved.flatMap(({ missing }) => missing ?? []),
  };
}

interface Resolved {
  readonly variable?: Variable;
  readonly secret: boolean;
  readonly missing?: MissingValue;
}

async function resolveVariable(
  { name, value, valueFrom }: EnvironmentVariable,
  cell: string | undefined,
  where: Where,
): Promise<Resolved> {
  const source = `spec.env of the Transform (${name})`;
  const reference = referenceOf(valueFrom);
  if (!reference) return { secret: false, ...(value !== undefined && { variable: { name, value, source } }) };
  const { kind, key } = reference;
  const found = await readReference(reference, cell, where);
  const secret = kind === 'Secret';
  if (found.value !== undefined) return { secret, variable: { name, value: found.value, source } };
  if (reference.optional) return { secret };
  const missing = { owner: `variable ${name}`, field: 'spec.env', key, cell, lookedAt: found.lookedAt };
  return { secret, missing: secret ? { ...missing, secret: reference.name } : missing };
}

interface Reference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean;
}

function referenceOf(valueFrom: EnvironmentVariable['valueFrom']): Reference | undefined {
  if (valueFrom?.secretKeyRef) return { kind: 'Secret', ...valueFrom.secretKeyRef };
  if (valueFrom?.configMapKeyRef) return { kind: 'ConfigMap', ...valueFrom.configMapKeyRef };
  return undefined;
}

async function readReference({ kind, name, key }: Reference, cell: string | undefined, { cells, keys }: Where) {
  const given = cell === undefined ? givenKey(keys, key) : undefined;
  if (given !== undefined) return { value: given, lookedAt: [] };
  const home = cell ?? localCell;
  const repository = cell === undefined ? keys.local : await cells();
  const values = await (kind === 'Secret' ? repository?.secrets : repository?.configMaps)?.read(home, name);
  const place = `${kind} ${name} of cell ${home} (${repository?.where ?? 'no local environment is up'})`;
  return { value: valueIn(values, key), lookedAt: cell === undefined ? [...givenPlaces, place] : [place] };
}
