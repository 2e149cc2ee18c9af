import type { CellRepository } from '../../cells/repository.ts';
import type { Provided, WantedStore } from '../desired.ts';
import type { KeyPair } from './key-pair.ts';

/** A cell that an environment is to have. */
export interface WantedCell {
  readonly name: string;
  readonly stores: readonly WantedStore[];
}

/** Where a server is found, each as `host:port`. */
export interface Endpoint {
  /** What a Store says: how workloads in the cell's own cluster reach it; on this machine, where there is none. */
  readonly address: string;
  /** As this machine reaches it. */
  readonly host: string;
  /** As a container on the environment's network reaches it. */
  readonly container?: string;
}

/** The databases of all cells, as the superuser has them. */
export interface Databases {
  /** Whether the cell's role can log in to its database with this password, owns it, and everybody else is kept out. */
  cellIsReady(cell: string, password: string): Promise<boolean>;
  makeCell(cell: string, password: string): Promise<void>;
  cellExists(cell: string): Promise<boolean>;
  dropCell(cell: string): Promise<void>;
}

/** The buckets of all cells, as the root key has them. */
export interface Buckets {
  /** `http://127.0.0.1:29000`, from this machine. */
  readonly endpoint: string;
  /** The key pair that opens only this bucket, where the server can tell it. */
  keyOf(bucket: string): Promise<KeyPair | undefined>;
  /** Makes the bucket where it is missing, and this key pair the one that opens it and nothing else. */
  makeBucket(bucket: string, pair: KeyPair): Promise<void>;
  /** Whether anything of it is there: the bucket, or a key to it. */
  bucketExists(bucket: string): Promise<boolean>;
  /** The bucket with its objects and its key. */
  dropBucket(bucket: string): Promise<void>;
}

/** What the steps of a cell look at and change, whichever engine has made the servers. */
export interface CellsWorld {
  /** Of the environment. */
  readonly id: string;
  readonly cells: CellRepository;
  readonly endpoints: Readonly<Record<Provided, Endpoint>>;
  readonly databases: Databases;
  readonly buckets: Buckets;
}
