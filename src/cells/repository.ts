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

/**
 * Cells and their Stores, wherever they live: files in the GitOps layout, or a cluster.
 * Reading a cell that does not exist gives undefined; writing into one is a notFound Failure.
 */
export interface CellRepository {
  /** For messages: `environment local`, `context eks-prod`. */
  readonly where: string;
  readonly secrets: CellSecrets;
  /** Sorted by name. */
  list(): Promise<readonly CellSummary[]>;
  get(cell: string): Promise<Cell | undefined>;
  /** Sorted by name; connects to each Store when `probe` is asked for. */
  stores(cell: string, options?: { readonly probe?: boolean }): Promise<readonly StoreSummary[]>;
  store(cell: string, name: string): Promise<Store | undefined>;
  applyCell(cell: Cell): Promise<Applied>;
  applyStore(cell: string, store: Store): Promise<Applied>;
  deleteStore(cell: string, name: string): Promise<boolean>;
  /** Removes the cell with its Stores and Secrets; false where it was not there. */
  deleteCell(cell: string): Promise<boolean>;
}
