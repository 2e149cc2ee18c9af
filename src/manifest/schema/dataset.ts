import { type Static, Type } from 'typebox';
import { Closed, Metadata, Name } from './common.ts';

const Row = Type.Record(Type.String(), Type.Unknown());

const Seed = Closed({
  inline: Type.Optional(Type.Array(Row)),
  file: Type.Optional(Type.String({ description: 'CSV, JSON or NDJSON, relative to the package' })),
});

const Column = Closed({
  name: Type.String({ minLength: 1 }),
  type: Type.String({ minLength: 1 }),
  pii: Type.Optional(Type.Boolean()),
  from: Type.Optional(Type.String()),
});

/** `dataset/*.yaml`: the contract of one table, prefix or topic. */
export const DataSet = Closed({
  apiVersion: Type.String(),
  kind: Type.Enum(['DataSet']),
  metadata: Metadata(),
  spec: Closed({
    store: Name({ description: 'the Store that holds it' }),
    table: Type.Optional(Type.String({ minLength: 1 })),
    prefix: Type.Optional(Type.String({ minLength: 1 })),
    topic: Type.Optional(Type.String({ minLength: 1 })),
    format: Type.Optional(Type.Enum(['parquet', 'json', 'ndjson', 'csv', 'avro'])),
    classification: Type.Optional(Type.Enum(['public', 'internal', 'confidential', 'restricted'])),
    schema: Type.Optional(Type.Array(Column)),
    schemaRef: Type.Optional(Type.String()),
    dev: Type.Optional(
      Closed({
        seed: Type.Optional(
          Closed({
            inline: Type.Optional(Type.Array(Row)),
            file: Type.Optional(Type.String({ description: 'CSV, JSON or NDJSON, relative to the package' })),
            profiles: Type.Optional(Type.Record(Type.String(), Seed)),
          }),
        ),
      }),
    ),
  }),
});
export type DataSet = Static<typeof DataSet>;
export type SeedSource = Static<typeof Seed>;
export type Column = Static<typeof Column>;

/** Several data sets of one Store, usable wherever a data set is. */
export const DataSetGroup = Closed({
  apiVersion: Type.String(),
  kind: Type.Enum(['DataSetGroup']),
  metadata: Metadata(),
  spec: Closed({ store: Name(), datasets: Type.Array(Name(), { minItems: 1 }) }),
});
export type DataSetGroup = Static<typeof DataSetGroup>;
