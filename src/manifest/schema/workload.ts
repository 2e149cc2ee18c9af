import * as Type from 'typebox';
import { Choice, Closed, StringMap } from './common.ts';

/** How often a package runs. */
export const Schedule = () =>
  Closed(
    {
      cron: Type.String({ description: 'five fields, or @hourly and the like, as a Kubernetes CronJob reads them' }),
      timezone: Type.Optional(Type.String({ description: 'an IANA time zone such as Europe/Berlin; UTC by default' })),
      suspend: Type.Optional(Type.Boolean({ description: 'keeps the schedule, starts nothing' })),
    },
    { description: 'when it runs' },
  );

/** Batch work ends by itself; streaming work does not. */
export const Mode = () => Choice(['batch', 'streaming'], 'batch runs to an end, streaming runs on; batch by default');

const Quantity = (description: string) => Type.String({ description: `${description}, as a Kubernetes quantity` });
const Amounts = (description: string) =>
  StringMap({ description: `${description}: cpu, memory, ephemeral-storage as Kubernetes quantities` });

/** What a run may use, in the Kubernetes form or flat. */
export const Resources = () =>
  Closed(
    {
      requests: Type.Optional(Amounts('what is set aside')),
      limits: Type.Optional(Amounts('what cannot be exceeded')),
      cpu: Type.Optional(Quantity('request and limit of processors')),
      memory: Type.Optional(Quantity('request and limit of memory')),
      ephemeralStorage: Type.Optional(Quantity('request and limit of scratch space')),
    },
    { description: 'what a run may use: requests and limits, or the flat fields for both at once' },
  );
export type Resources = Type.Static<ReturnType<typeof Resources>>;

const KeyRef = (of: string) =>
  Closed(
    {
      name: Type.String({ minLength: 1, description: `name of the ${of} in the cell's namespace` }),
      key: Type.String({ minLength: 1, description: `key in the ${of}` }),
      optional: Type.Optional(Type.Boolean({ description: 'a missing key leaves the variable unset' })),
    },
    { description: `a value from a ${of}` },
  );

/** One variable of the package's process. */
export const EnvironmentVariable = () =>
  Closed(
    {
      name: Type.String({
        pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
        'x-dk-pattern': 'be letters, digits and underscores, not beginning with a digit',
      }),
      value: Type.Optional(Type.String({ description: 'the value itself; never a secret' })),
      valueFrom: Type.Optional(
        Closed(
          {
            secretKeyRef: Type.Optional(KeyRef('Secret')),
            configMapKeyRef: Type.Optional(KeyRef('ConfigMap')),
          },
          { description: 'where the value is read from, instead of value' },
        ),
      ),
    },
    { description: 'one variable of the process' },
  );
export type EnvironmentVariable = Type.Static<ReturnType<typeof EnvironmentVariable>>;
