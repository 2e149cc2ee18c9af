import { type Static, Type } from 'typebox';
import { Closed, Condition, EnvironmentVariable, Metadata, Name, Resources, StringMap } from './common.ts';

/** One package in one cell, as the package's chart renders it. */
export const PackageDeployment = Closed({
  apiVersion: Type.String(),
  kind: Type.Enum(['PackageDeployment']),
  metadata: Metadata(),
  spec: Closed({
    package: Closed({
      name: Name({ maxLength: 52 }),
      version: Type.String({ minLength: 1 }),
      registry: Type.Optional(Type.String()),
      namespace: Type.Optional(Type.String()),
      digest: Type.Optional(Type.String()),
    }),
    cell: Name({ maxLength: 40 }),
    mode: Type.Optional(Type.Enum(['batch', 'streaming'])),
    image: Type.Optional(Type.String()),
    manifests: Type.Optional(StringMap({ description: 'path in the package → text, so that no registry is needed' })),
    schedule: Type.Optional(
      Closed({
        cron: Type.String(),
        timezone: Type.Optional(Type.String()),
        suspend: Type.Optional(Type.Boolean()),
      }),
    ),
    resources: Type.Optional(Resources),
    replicas: Type.Optional(Type.Integer({ minimum: 0 })),
    timeout: Type.Optional(Type.String()),
    env: Type.Optional(Type.Array(EnvironmentVariable)),
    serviceAccountName: Type.Optional(Type.String()),
    imagePullSecrets: Type.Optional(Type.Array(Closed({ name: Type.String() }))),
  }),
  status: Type.Optional(
    Closed({
      phase: Type.Optional(Type.Enum(['Pending', 'Ready', 'Running', 'Succeeded', 'Failed'])),
      conditions: Type.Optional(Type.Array(Condition)),
      lastRun: Type.Optional(
        Closed({
          id: Type.String(),
          startTime: Type.Optional(Type.String({ format: 'date-time' })),
          completionTime: Type.Optional(Type.String({ format: 'date-time' })),
          status: Type.String(),
        }),
      ),
      nextRun: Type.Optional(Type.String({ format: 'date-time' })),
      observedGeneration: Type.Optional(Type.Integer()),
    }),
  ),
});
export type PackageDeployment = Static<typeof PackageDeployment>;
