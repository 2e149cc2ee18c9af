import type { TSchema } from 'typebox';
import type { Kinds } from './manifest.ts';
import { Cell } from './schema/cell.ts';
import { Connector } from './schema/connector.ts';
import { DataSet, DataSetGroup } from './schema/dataset.ts';
import { PackageDeployment } from './schema/package-deployment.ts';
import { Store } from './schema/store.ts';
import { Transform } from './schema/transform.ts';

/** The schema of every kind of ours. */
export const schemas = {
  Cell,
  Connector,
  DataSet,
  DataSetGroup,
  PackageDeployment,
  Store,
  Transform,
} as const satisfies Record<keyof Kinds, TSchema>;

/** The names of our kinds; Object.keys forgets that it gives nothing else. */
export const kindNames = Object.keys(schemas) as readonly (keyof Kinds)[];

export function isKind(kind: unknown): kind is keyof Kinds {
  return typeof kind === 'string' && Object.hasOwn(schemas, kind);
}
