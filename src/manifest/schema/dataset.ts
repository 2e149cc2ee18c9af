import * as Type from 'typebox';
import { Anything, Choice, Closed, MapOf, Metadata, Name } from './common.ts';

const seedFields = {
  inline: Type.Optional(Type.Array(MapOf(Anything()), { description: 'rows, column by column' })),
  file: Type.Optional(Type.String({ description: 'CSV, JSON or NDJSON, relative to the package' })),
};

const Seed = Closed(seedFields, { description: 'rows for one purpose' });

const Column = Closed({
  name: Type.String({ minLength: 1 }),
  type: Type.String({ minLength: 1, description: 'type of the column, such as string, integer or timestamp' }),
  pii: Type.Optional(Type.Boolean({ description: 'holds personal data; the data set then needs a classification' })),
  from: Type.Optional(Type.String({ description: 'the column it comes from, as dataset.column' })),
});

const Development = Closed({
  seed: Type.Optional(
    Closed(
      {
        ...seedFields,
        profiles: Type.Optional(MapOf(Seed, { description: 'other rows, chosen by dk dev seed --profile' })),
      },
      { description: 'rows that dk dev seed loads' },
    ),
  ),
});

/** `dataset/*.yaml`: the contract of one table, prefix or topic. */
export const DataSet = Closed({
  apiVersion: Type.String(),
  kind: Choice(['DataSet']),
  metadata: Metadata(),
  spec: Closed({
    store: Name({ description: 'the Store that holds it' }),
    table: Type.Optional(Type.String({ minLength: 1, description: 'in a database: table, or schema.table' })),
    prefix: Type.Optional(Type.String({ minLength: 1, description: "in a bucket: what its objects' keys begin with" })),
    topic: Type.Optional(Type.String({ minLength: 1, description: 'in a message broker' })),
    format: Type.Optional(Choice(['parquet', 'json', 'ndjson', 'csv', 'avro'], 'format of its objects or messages')),
    classification: Type.Optional(
      Choice(['public', 'internal', 'confidential', 'restricted'], 'required when a column is pii'),
    ),
    schema: Type.Optional(Type.Array(Column, { description: 'its columns' })),
    schemaRef: Type.Optional(Type.String({ description: 'instead of schema: reference of an external schema' })),
    dev: Type.Optional(Development),
  }),
});
export type DataSet = Type.Static<typeof DataSet>;
export type SeedSource = Type.Static<typeof Seed>;
export type Column = Type.Static<typeof Column>;

/** Several data sets of one Store, usable wherever a data set is. */
export const DataSetGroup = Closed({
  apiVersion: Type.String(),
  kind: Choice(['DataSetGroup']),
  metadata: Metadata(),
  spec: Closed({
    store: Name({ description: 'the Store that holds them all' }),
    datasets: Type.Array(Name(), { minItems: 1, description: 'names of DataSets' }),
  }),
});
export type DataSetGroup = Type.Static<typeof DataSetGroup>;
