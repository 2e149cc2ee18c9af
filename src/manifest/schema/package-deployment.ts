import * as Type from 'typebox';
import { Choice, Closed, Conditions, MapOf, Metadata, Name, StringMap } from './common.ts';
import { EnvironmentVariable, Mode, Resources, Schedule } from './workload.ts';

const Package = Closed(
  {
    name: Name({ maxLength: 52, description: 'name of the package' }),
    version: Type.String({ minLength: 1, description: 'version of the package' }),
    registry: Type.Optional(Type.String({ description: 'OCI registry that the package is in' })),
    namespace: Type.Optional(Type.String({ description: 'repository in the registry' })),
    digest: Type.Optional(Type.String({ description: 'digest of the chart in the registry' })),
  },
  { description: 'what runs' },
);

const Spec = Closed(
  {
    package: Package,
    cell: Name({ maxLength: 40, description: 'the cell it runs in' }),
    mode: Type.Optional(Mode()),
    image: Type.Optional(Type.String({ description: 'container image of the package' })),
    // An object of etcd holds 1.5 MB in all; the chart is refused long before.
    manifests: Type.Optional(
      MapOf(Type.String({ maxLength: 262_144 }), {
        description: 'path in the package → text of dk.yaml, connector/ and dataset/, so that no registry is needed',
      }),
    ),
    schedule: Type.Optional(Schedule()),
    resources: Type.Optional(Resources()),
    replicas: Type.Optional(Type.Integer({ minimum: 0, description: 'copies of a streaming package; 1 by default' })),
    timeout: Type.Optional(Type.String({ description: 'a duration such as 90s, 20m or 1h30m' })),
    env: Type.Optional(Type.Array(EnvironmentVariable(), { description: 'further variables of the process' })),
    serviceAccountName: Type.Optional(Type.String({ description: 'account of the workload' })),
    imagePullSecrets: Type.Optional(
      Type.Array(Closed({ name: Type.String({ description: 'name of a Secret' }) }), {
        description: "credentials for the image's registry",
      }),
    ),
  },
  { description: 'which package runs in which cell, and how' },
);

const LastRun = Closed(
  {
    id: Type.String({ description: 'id of the run' }),
    startTime: Type.Optional(Type.String({ format: 'date-time', description: 'when it started' })),
    completionTime: Type.Optional(Type.String({ format: 'date-time', description: 'when it ended' })),
    status: Type.String({ description: 'how it ended, or Running' }),
  },
  { description: 'the newest run' },
);

const Status = Closed(
  {
    phase: Type.Optional(Choice(['Pending', 'Ready', 'Running', 'Succeeded', 'Failed'], 'where it stands')),
    conditions: Type.Optional(Conditions()),
    lastRun: Type.Optional(LastRun),
    triggers: Type.Optional(
      StringMap({ description: 'what runs have been started for, so that each is started once' }),
    ),
    nextRun: Type.Optional(Type.String({ format: 'date-time', description: 'when the schedule starts it next' })),
    observedGeneration: Type.Optional(Type.Integer({ description: 'the generation that the status speaks of' })),
  },
  { description: 'what the controller did' },
);

/** One package in one cell, as the package's chart renders it. */
export const PackageDeployment = Closed(
  {
    apiVersion: Type.String(),
    kind: Choice(['PackageDeployment']),
    metadata: Metadata(),
    spec: Spec,
    status: Type.Optional(Status),
  },
  { description: 'A package that runs in a cell.' },
);
export type PackageDeployment = Type.Static<typeof PackageDeployment>;
