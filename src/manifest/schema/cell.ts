import { type Static, Type } from 'typebox';
import { Closed, Condition, Metadata, Name, StringMap } from './common.ts';

/** An isolated place where packages run: a namespace with its Stores and Secrets. */
export const Cell = Closed({
  apiVersion: Type.String(),
  kind: Type.Enum(['Cell']),
  metadata: Metadata(Name({ maxLength: 40 })),
  spec: Closed({
    namespace: Name({ description: 'the namespace for Stores, Secrets and workloads; dk-<cell> by convention' }),
    labels: Type.Optional(StringMap()),
  }),
  status: Type.Optional(
    Closed({
      ready: Type.Optional(Type.Boolean()),
      storeCount: Type.Optional(Type.Integer()),
      packageCount: Type.Optional(Type.Integer()),
      conditions: Type.Optional(Type.Array(Condition)),
    }),
  ),
});
export type Cell = Static<typeof Cell>;
