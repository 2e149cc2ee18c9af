import * as Type from 'typebox';
import { Choice, Closed, Conditions, Metadata, Name, StringMap } from './common.ts';

/** An isolated place where packages run: a namespace with its Stores and Secrets. */
export const Cell = Closed(
  {
    apiVersion: Type.String(),
    kind: Choice(['Cell']),
    metadata: Metadata(Name({ maxLength: 40 })),
    spec: Closed(
      {
        namespace: Name({ description: 'the namespace for Stores, Secrets and workloads; dk-<cell> by convention' }),
        labels: Type.Optional(StringMap({ description: 'what kind of cell it is, such as tier and region' })),
      },
      { description: 'where the cell lives' },
    ),
    status: Type.Optional(
      Closed(
        {
          ready: Type.Optional(
            Type.Boolean({ description: 'whether the namespace is there and every Store is ready' }),
          ),
          storeCount: Type.Optional(Type.Integer({ minimum: 0, description: 'Stores in the namespace' })),
          packageCount: Type.Optional(Type.Integer({ minimum: 0, description: 'packages deployed to the cell' })),
          conditions: Type.Optional(Conditions()),
        },
        { description: 'what dk found out' },
      ),
    ),
  },
  { description: 'A named place that packages run in: one namespace with its Stores, Secrets and workloads.' },
);
export type Cell = Type.Static<typeof Cell>;
