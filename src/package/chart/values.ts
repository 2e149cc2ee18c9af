import * as Type from 'typebox';
import { Anything, Closed, Name } from '../../manifest/schema/common.ts';
import { EnvironmentVariable, Mode, Resources } from '../../manifest/schema/workload.ts';
import { validate } from '../../manifest/validate.ts';

/** Nothing of it is needed: what is missing is the package's. */
const PartialSchedule = Closed(
  {
    cron: Type.Optional(Type.String({ description: 'five fields, or @hourly and the like' })),
    timezone: Type.Optional(Type.String({ description: 'an IANA time zone such as Europe/Berlin' })),
    suspend: Type.Optional(Type.Boolean({ description: 'keeps the schedule, starts nothing' })),
  },
  { description: 'when it runs: a cron expression, or what differs from the schedule in dk.yaml' },
);

const PackageReference = Closed(
  {
    name: Type.Optional(Name({ maxLength: 52, description: "the chart's name, for those who choose the chart by it" })),
    version: Type.Optional(Type.String({ description: "the chart's version, for those who choose the chart by it" })),
    registry: Type.Optional(Type.String({ description: 'OCI registry that the package is in' })),
    namespace: Type.Optional(Type.String({ description: 'repository in the registry' })),
    digest: Type.Optional(Type.String({ description: 'digest of the chart in the registry' })),
  },
  { description: 'where the package comes from' },
);

/** Values of a package's chart; a schedule that is only a text has become its `cron`. */
export const NormalValues = Closed({
  // Empty in the chart itself: its template asks for it, with a sentence.
  cell: Type.String({
    maxLength: 40,
    pattern: '^([a-z0-9]([a-z0-9-]*[a-z0-9])?)?$',
    'x-dk-pattern': 'be lower-case letters, digits and hyphens, with a letter or digit at both ends',
    description: 'the cell it runs in',
  }),
  namespace: Type.Optional(
    Type.String({ maxLength: 63, description: 'namespace of the cell; dk-<cell> where it is empty' }),
  ),
  package: Type.Optional(PackageReference),
  mode: Type.Optional(Mode()),
  image: Type.Optional(Type.String({ minLength: 1, description: 'container image of the package' })),
  schedule: Type.Optional(PartialSchedule),
  suspend: Type.Optional(Type.Boolean({ description: 'keeps the schedule, starts nothing' })),
  timeout: Type.Optional(Type.String({ description: 'a duration such as 90s, 20m or 1h30m' })),
  resources: Type.Optional(Resources()),
  replicas: Type.Optional(Type.Integer({ minimum: 0, description: 'copies of a streaming package' })),
  env: Type.Optional(Type.Array(EnvironmentVariable(), { description: 'further variables of the process' })),
  serviceAccountName: Type.Optional(Type.String({ description: 'account of the workload' })),
  imagePullSecrets: Type.Optional(
    Type.Array(Closed({ name: Type.String({ description: 'name of a Secret' }) }), {
      description: "credentials for the image's registry",
    }),
  ),
  global: Type.Optional(Anything({ description: 'what Helm hands down to a chart within another; not used' })),
});
export type PartialSchedule = Type.Static<typeof PartialSchedule>;
export type NormalValues = Type.Static<typeof NormalValues>;

/** What a deployment says in its values.yaml. */
export type ChartValues = Omit<NormalValues, 'schedule' | 'global'> & {
  readonly schedule?: string | PartialSchedule | undefined;
};

export function isPartialSchedule(value: unknown): value is PartialSchedule {
  return validate(PartialSchedule, value).length === 0;
}
