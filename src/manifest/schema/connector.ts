import { type Static, Type } from 'typebox';
import { Closed, legacy, Metadata } from './common.ts';

const ConnectionField = Closed({
  field: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  default: Type.Optional(Type.String()),
  secret: Type.Optional(Type.Boolean()),
  optional: Type.Optional(Type.Boolean()),
});

/** `connector/*.yaml`: a kind of system that Stores connect to, and the plugins that speak to it. */
export const Connector = Closed({
  apiVersion: Type.String(),
  kind: Type.Enum(['Connector']),
  metadata: Metadata(),
  spec: Closed({
    type: Type.String({ minLength: 1 }),
    capabilities: Type.Array(Type.Enum(['source', 'destination']), { minItems: 1 }),
    provider: Type.Optional(Type.String()),
    version: Type.Optional(Type.String()),
    protocol: Type.Optional(Type.String()),
    plugin: Type.Optional(
      Closed({ source: Type.Optional(Type.String()), destination: Type.Optional(Type.String()) }),
    ),
    connectionSchema: Type.Optional(Type.Record(Type.String(), ConnectionField)),
    tools: Type.Optional(Type.Array(Type.Record(Type.String(), Type.Unknown()), legacy)),
  }),
});
export type Connector = Static<typeof Connector>;
