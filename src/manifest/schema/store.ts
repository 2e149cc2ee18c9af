import { type Static, Type } from 'typebox';
import { Closed, Condition, Metadata, StringMap } from './common.ts';

/** `store/*.yaml` and the Store resource: how one piece of infrastructure is reached. */
export const Store = Closed({
  apiVersion: Type.String(),
  kind: Type.Enum(['Store']),
  metadata: Metadata(),
  spec: Closed({
    connector: Type.String({ minLength: 1, description: 'a connector’s name or provider' }),
    connectorVersion: Type.Optional(Type.String({ description: 'a semver range' })),
    connection: Type.Record(
      Type.String(),
      // No structural schema can say "any scalar"; nested values are reported by lint.
      Type.Unknown({ 'x-kubernetes-preserve-unknown-fields': true }),
      { minProperties: 1 },
    ),
    secrets: Type.Optional(StringMap({ description: 'values are ${KEY}, never literals' })),
  }),
  status: Type.Optional(
    Closed({ ready: Type.Optional(Type.Boolean()), conditions: Type.Optional(Type.Array(Condition)) }),
  ),
});
export type Store = Static<typeof Store>;
