import * as Type from 'typebox';
import { Anything, Choice, Closed, Conditions, MapOf, Metadata, StringMap } from './common.ts';

/** `store/*.yaml` and the Store resource: how one piece of infrastructure is reached. */
export const Store = Closed(
  {
    apiVersion: Type.String(),
    kind: Choice(['Store']),
    metadata: Metadata(),
    spec: Closed(
      {
        connector: Type.String({ minLength: 1, description: 'name or provider of the connector, such as postgres' }),
        connectorVersion: Type.Optional(Type.String({ description: "a semver range for the connector's version" })),
        // No structural schema can say "any scalar"; nested values are reported by lint and by the condition Valid.
        connection: MapOf(Anything(), {
          minProperties: 1,
          description: 'where it is: strings, numbers and booleans; ${KEY} stands for a key of a Secret',
        }),
        secrets: Type.Optional(
          StringMap({ description: 'credentials as ${KEY}, from the Secret named as the Store, then cell-secrets' }),
        ),
      },
      { description: 'what the Store connects to' },
    ),
    status: Type.Optional(
      Closed(
        {
          ready: Type.Optional(Type.Boolean({ description: 'whether the last connection succeeded' })),
          conditions: Type.Optional(Conditions()),
        },
        { description: 'what dk found out' },
      ),
    ),
  },
  { description: "The connection details of one piece of infrastructure, in its cell's namespace." },
);
export type Store = Type.Static<typeof Store>;
