import * as Type from 'typebox';
import { Anything, Choice, Closed, legacy, MapOf, Metadata } from './common.ts';

const ConnectionField = Closed({
  field: Type.Optional(Type.String({ description: 'its name in a Store; the key of this entry by default' })),
  description: Type.Optional(Type.String()),
  default: Type.Optional(Type.String({ description: 'what a Store without the field means' })),
  secret: Type.Optional(Type.Boolean({ description: 'belongs in the secrets of a Store' })),
  optional: Type.Optional(Type.Boolean({ description: 'a Store may leave it out' })),
});

/** `connector/*.yaml`: a kind of system that Stores connect to, and the plugins that speak to it. */
export const Connector = Closed({
  apiVersion: Type.String(),
  kind: Choice(['Connector']),
  metadata: Metadata(),
  spec: Closed({
    type: Type.String({ minLength: 1, description: 'the kind of system, such as postgres or s3' }),
    capabilities: Type.Array(Choice(['source', 'destination']), { minItems: 1, description: 'what it can be used as' }),
    provider: Type.Optional(Type.String({ description: 'who makes the system; Stores may name it; type by default' })),
    version: Type.Optional(Type.String({ description: 'semver 2, without a leading v' })),
    protocol: Type.Optional(Type.String({ description: 'what it speaks, where that differs from its type' })),
    plugin: Type.Optional(
      Closed(
        {
          source: Type.Optional(Type.String({ description: 'image that reads' })),
          destination: Type.Optional(Type.String({ description: 'image that writes' })),
        },
        { description: 'images of its plugins' },
      ),
    ),
    connectionSchema: Type.Optional(MapOf(ConnectionField, { description: 'the fields that a Store gives' })),
    tools: Type.Optional(Type.Array(MapOf(Anything()), legacy('dk starts no tools of a connector'))),
  }),
});
export type Connector = Type.Static<typeof Connector>;
