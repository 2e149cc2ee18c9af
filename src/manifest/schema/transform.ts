import * as Type from 'typebox';
import { Anything, Choice, Closed, legacy, MapOf, Metadata, Name, StringMap } from './common.ts';
import { EnvironmentVariable, Mode, Resources, Schedule } from './workload.ts';

const runtimes = ['generic-node', 'generic-python', 'generic-go', 'dbt', 'cloudquery'] as const;

/** One input or output: a data set by name, or by the labels it carries. */
const Port = Closed({
  dataset: Type.Optional(Name({ description: 'a DataSet or DataSetGroup of this package' })),
  tags: Type.Optional(StringMap({ description: 'instead of dataset: every DataSet with these labels' })),
  version: Type.Optional(Type.String({ description: 'a semver range; prereleases match' })),
  cell: Type.Optional(Type.String({ description: "the cell whose Store is used; the deployment's own by default" })),
  schema: Type.Optional(Type.String({ description: 'reference of an external schema' })),
});

const Trigger = Closed(
  {
    policy: Type.Optional(
      Choice(['schedule', 'on-change', 'manual', 'composite'], 'what starts a run; manual by default'),
    ),
    schedule: Type.Optional(Schedule()),
    policies: Type.Optional(
      Type.Array(Choice(['schedule', 'on-change', 'manual']), { description: 'the parts of a composite trigger' }),
    ),
  },
  { description: 'what starts a run in a cluster' },
);

/** `dk.yaml`: the computation of a package. */
export const Transform = Closed({
  apiVersion: Type.String(),
  kind: Choice(['Transform']),
  metadata: Metadata(Name({ maxLength: 52, description: 'name of the package' })),
  spec: Closed({
    runtime: Choice(runtimes, 'what runs the code'),
    mode: Type.Optional(Mode()),
    inputs: Type.Array(Port, { minItems: 1, description: 'what is read' }),
    outputs: Type.Array(Port, { minItems: 1, description: 'what is written' }),
    image: Type.Optional(Type.String({ description: 'container image; ${VAR} is taken from the environment' })),
    command: Type.Optional(
      Type.Array(Type.String(), { minItems: 1, description: "instead of the runtime's entry point" }),
    ),
    args: Type.Optional(Type.Array(Type.String(), { description: 'arguments of the command or the entry point' })),
    env: Type.Optional(Type.Array(EnvironmentVariable(), { description: 'further variables of the process' })),
    trigger: Type.Optional(Trigger),
    timeout: Type.Optional(Type.String({ description: 'a duration such as 90s, 20m or 1h30m' })),
    resources: Type.Optional(Resources()),
    replicas: Type.Optional(Type.Integer({ minimum: 0, description: 'copies of a streaming package; 1 by default' })),
    serviceAccountName: Type.Optional(Type.String({ description: "account of the workload in the cell's namespace" })),
    lineage: Type.Optional(Type.Boolean({ description: 'whether runs report what they read and wrote' })),
    description: Type.Optional(Type.String(legacy('say it in the annotation "description"'))),
    owner: Type.Optional(Type.String(legacy('say it in the label "owner"'))),
    config: Type.Optional(MapOf(Anything(), legacy('use spec.env'))),
    schedule: Type.Optional(Type.String(legacy('use spec.trigger.schedule.cron'))),
  }),
});
export type Transform = Type.Static<typeof Transform>;
export type Port = Type.Static<typeof Port>;
export type Trigger = Type.Static<typeof Trigger>;
