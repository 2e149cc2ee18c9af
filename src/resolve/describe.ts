import { mask, maskSecrets } from '../report/mask.ts';
import { encodePart } from './dsn.ts';
import type { ResolvedPort, ResolvedRun, ResolvedStore } from './run-spec.ts';
import { isLoginName } from './secret-values.ts';

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
  // However short a secret is, it does not stand in a plan.
  const forms = run.secretValues.flatMap((secret) => [secret, encodePart(secret)]);
  const hide = (text: string) => maskSecrets(text, forms);
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
    secretFields.includes(field) && !isLoginName(field) ? mask : hide(value),
  ]);
  return {
    name,
    cell: store.cell ?? null,
    connector,
    dsn: dsn === undefined ? null : hide(dsn),
    fields: Object.fromEntries(shown),
  };
}
