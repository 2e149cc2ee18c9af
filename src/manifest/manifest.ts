import type { Path, Position } from './problem.ts';
import type { Cell } from './schema/cell.ts';
import type { Connector } from './schema/connector.ts';
import type { DataSet, DataSetGroup } from './schema/dataset.ts';
import type { PackageDeployment } from './schema/package-deployment.ts';
import type { Store } from './schema/store.ts';
import type { Transform } from './schema/transform.ts';

/** Every kind of ours, by its name. */
export interface Kinds {
  Cell: Cell;
  Connector: Connector;
  DataSet: DataSet;
  DataSetGroup: DataSetGroup;
  PackageDeployment: PackageDeployment;
  Store: Store;
  Transform: Transform;
}

/** Where a manifest was read, so that a later check can still name line and column. */
export interface Source {
  readonly file: string;
  /** The position of a path such as `['spec', 'inputs', 0]`, or of its nearest parent that exists; of its key if asked. */
  at(path: Path, part?: 'key' | 'value'): Position;
}

/** A valid manifest of a known kind, with its source. */
export type Manifest<Kind extends keyof Kinds = keyof Kinds> = {
  [K in Kind]: { readonly kind: K; readonly value: Kinds[K]; readonly source: Source };
}[Kind];

/** A package as its folder says it: WHAT runs. */
export interface Package {
  /** Absolute path of the folder. */
  readonly directory: string;
  readonly transform: Manifest<'Transform'>;
  readonly connectors: readonly Manifest<'Connector'>[];
  readonly datasets: readonly Manifest<'DataSet'>[];
  readonly groups: readonly Manifest<'DataSetGroup'>[];
  /** Local defaults; never part of a chart. */
  readonly stores: readonly Manifest<'Store'>[];
}
