import type { Cell } from '../manifest/schema/cell.ts';
import type { Store } from '../manifest/schema/store.ts';

/** A cell with what is known of its state. */
export interface CellSummary {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Undefined while nobody has looked. */
  readonly ready: boolean | undefined;
  readonly stores: number;
  readonly packages: number;
  readonly createdAt: Date | undefined;
}

/** A Store of a cell with the outcome of its last connection. */
export interface StoreSummary {
  readonly store: Store;
  readonly ready: boolean | undefined;
  /** Why it is not ready. */
  readonly reason?: string;
}

/** A whole cell, as it is applied and exported: the GitOps folder as a value. */
export interface CellBundle {
  readonly cell: Cell;
  readonly stores: readonly Store[];
}

/** What `applyCell` and `applyStore` did. */
export type Applied = 'created' | 'changed' | 'unchanged';

/** The Secrets of a cell. Values leave this interface only towards a launch or a connection. */
export interface CellSecrets {
  /** The keys and values of one Secret, or undefined where there is none. */
  read(cell: string, secret: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Names of Secrets and of their keys, no values. */
  list(cell: string): Promise<readonly { readonly secret: string; readonly keys: readonly string[] }[]>;
  /** Merges keys into a Secret, making it where it is missing. */
  set(cell: string, secret: string, values: Readonly<Record<string, string>>): Promise<Applied>;
  /** Removes one key; false where it was not there. */
  unset(cell: string, secret: string, key: string): Promise<boolean>;
}

/** Plain settings of a cell, which `valueFrom.configMapKeyRef` reads. */
export interface CellConfigMaps {
  /** The keys and values of one ConfigMap, or undefined where there is none. */
  read(cell: string, name: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Names, sorted. */
  list(cell: string): Promise<readonly string[]>;
  /** Brings a ConfigMap to these keys and values, no others. */
  apply(cell: string, name: string, values: Readonly<Record<string, string>>): Promise<Applied>;
}

/**
 * Cells and their Stores, wherever they live: files in the GitOps layout, or a cluster.
 * Reading a cell that does not exist gives undefined; writing into one is a notFound Failure.
 * What is read is what was applied, Stores with their cell's namespace: state stands in the summaries, never in `status`.
 */
export interface CellRepository {
  /** For messages: `environment local`, `context eks-prod`. */
  readonly where: string;
  /** The context of the user's kubeconfig; absent in an environment of ours. */
  readonly context?: string;
  readonly secrets: CellSecrets;
  readonly configMaps: CellConfigMaps;
  /** The same cells, each thing read once at most from now on: for what resolves, and sees one state of them. */
  snapshot(): CellRepository;
  /** Sorted by name; with `probe`, connects to the Stores where no controller keeps `ready`. */
  list(options?: { readonly probe?: boolean }): Promise<readonly CellSummary[]>;
  get(cell: string): Promise<Cell | undefined>;
  /** Sorted by name; connects to each Store when `probe` is asked for. */
  stores(cell: string, options?: { readonly probe?: boolean }): Promise<readonly StoreSummary[]>;
  store(cell: string, name: string): Promise<Store | undefined>;
  /** A cell never moves to another namespace: that is a conflict Failure. */
  applyCell(cell: Cell): Promise<Applied>;
  /** The Store comes into its cell's namespace, whatever its manifest says. */
  applyStore(cell: string, store: Store): Promise<Applied>;
  deleteStore(cell: string, name: string): Promise<boolean>;
  /** Removes the cell with all that it holds; false where it was not there. */
  deleteCell(cell: string): Promise<boolean>;
}
