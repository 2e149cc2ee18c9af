import type { ResolvedPort, ResolvedRun, ResolvedStore } from './run-spec.ts';

const mask = '***';

/** A resolved run for people and pipes: every secret value is masked. */
export interface PlanDescription {
  readonly package: ResolvedRun['package'];
  readonly cell: string | null;
  readonly inputs: readonly ResolvedPort[];
  readonly outputs: readonly ResolvedPort[];
  readonly stores: readonly {
    readonly name: string;
    readonly cell: string | null;
    readonly connector: string;
    readonly dsn: string | null;
    readonly fields: Readonly<Record<string, string>>;
  }[];
  readonly variables: Readonly<Record<string, string>>;
}

export function describePlan(run: ResolvedRun): PlanDescription {
  const { inputs, outputs } = run;
  const hide = (text: string) => hideSecrets(text, run.secretValues);
  return {
    package: run.package,
    cell: run.cell ?? null,
    inputs,
    outputs,
    stores: run.stores.map((store) => describeStore(store, hide)),
    variables: Object.fromEntries(Object.entries(run.variables).map(([name, value]) => [name, hide(value)])),
  };
}

function describeStore(store: ResolvedStore, hide: (text: string) => string) {
  const { name, connector, dsn, fields, secretFields } = store;
  const shown = Object.entries(fields).map(([field, value]) => [
    field,
    secretFields.includes(field) && !['user', 'username'].includes(field) ? mask : hide(value),
  ]);
  return { name, cell: store.cell ?? null, connector, dsn: dsn === undefined ? null : hide(dsn), fields: Object.fromEntries(shown) };
}

/** However short a secret is, it does not stand in a plan. */
function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .filter((form) => form !== '')
    .reduce((result, form) => result.split(form).join(mask), text);
}
