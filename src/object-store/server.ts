import { type KeyPair, KeyRing } from './auth/keys.ts';
import { HttpServer } from './http-server.ts';
import { makeFolder } from './storage/durable.ts';
import { takeFolder } from './storage/owner.ts';
import { Store } from './storage/store.ts';

export type { KeyPair } from './auth/keys.ts';
export { FolderInUseError } from './storage/owner.ts';

/** How a server is started. */
export interface ObjectStoreOptions {
  /** Made if it is not there; used by one server at a time. */
  readonly dataDirectory: string;
  /** 127.0.0.1 if not given. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Opens all buckets. */
  readonly rootKey?: KeyPair;
  /** JSON, `{ "keys": [{ "accessKeyId", "secretAccessKey", "buckets": ["…"] | "*" }] }`; changes take effect within a second. */
  readonly keysFile?: string;
  /** Told as `x-server-id` by `GET /minio/health/live`. */
  readonly id?: string;
  /** Milliseconds without a byte after which a client is given up; 60,000 if not given. */
  readonly idleTimeout?: number;
  readonly log?: (line: string) => void;
  readonly now?: () => Date;
}

/** A server that runs. */
export interface ObjectStore {
  readonly port: number;
  readonly address: string;
  /** Takes no more requests, and lets those under way finish for up to 10 s. */
  close(): Promise<void>;
}

/** Starts an S3-compatible server over a folder; it accepts requests on return. FolderInUseError if another one uses it. */
export async function startObjectStore(options: ObjectStoreOptions): Promise<ObjectStore> {
  const {
    dataDirectory,
    rootKey,
    keysFile,
    id,
    idleTimeout = 60_000,
    now = () => new Date(),
    log = () => undefined,
  } = options;
  await makeFolder(dataDirectory);
  const owner = await takeFolder(dataDirectory);
  try {
    const store = await Store.open(dataDirectory, log);
    const keys = new KeyRing({ rootKey, keysFile, log });
    const server = new HttpServer({ store, keys, serverId: id, idleTimeout, now, log });
    const { address, port } = await server.listen(options.port, options.host ?? '127.0.0.1');
    return { port, address, close: () => server.close().finally(() => owner.release()) };
  } catch (error) {
    await owner.release();
    throw error;
  }
}
