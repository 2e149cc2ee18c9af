import { type Static, Type } from 'typebox';
import { Closed, EnvironmentVariable, legacy, Metadata, Name, Resources, StringMap } from './common.ts';

export const runtimes = ['generic-node', 'generic-python', 'generic-go', 'dbt', 'cloudquery'] as const;

/** One input or output: a data set by name, or by the labels it carries. */
const Port = Closed({
  dataset: Type.Optional(Name()),
  tags: Type.Optional(StringMap()),
  version: Type.Optional(Type.String({ description: 'a semver range; prereleases match' })),
  cell: Type.Optional(Type.String({ description: 'the cell whose Store is used; the deployment’s own by default' })),
  schema: Type.Optional(Type.String()),
});

const Trigger = Closed({
  policy: Type.Optional(Type.Enum(['schedule', 'on-change', 'manual', 'composite'])),
  schedule: Type.Optional(
    Closed({
      cron: Type.String(),
      timezone: Type.Optional(Type.String()),
      suspend: Type.Optional(Type.Boolean()),
    }),
  ),
  policies: Type.Optional(Type.Array(Type.Enum(['schedule', 'on-change', 'manual']))),
});

/** `dk.yaml`: the computation of a package. */
export const Transform = Closed({
  apiVersion: Type.String(),
  kind: Type.Enum(['Transform']),
  metadata: Metadata(Name({ maxLength: 52 })),
  spec: Closed({
    runtime: Type.Enum([...runtimes]),
    mode: Type.Optional(Type.Enum(['batch', 'streaming'])),
    inputs: Type.Array(Port, { minItems: 1 }),
    outputs: Type.Array(Port, { minItems: 1 }),
    image: Type.Optional(Type.String()),
    command: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
    args: Type.Optional(Type.Array(Type.String())),
    env: Type.Optional(Type.Array(EnvironmentVariable)),
    trigger: Type.Optional(Trigger),
    timeout: Type.Optional(Type.String()),
    resources: Type.Optional(Resources),
    replicas: Type.Optional(Type.Integer({ minimum: 0 })),
    serviceAccountName: Type.Optional(Type.String()),
    lineage: Type.Optional(Type.Boolean()),
    description: Type.Optional(Type.String(legacy)),
    owner: Type.Optional(Type.String(legacy)),
    config: Type.Optional(Type.Record(Type.String(), Type.Unknown(), legacy)),
    schedule: Type.Optional(Type.String(legacy)),
  }),
});
export type Transform = Static<typeof Transform>;
export type Port = Static<typeof Port>;
