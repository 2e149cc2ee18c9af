import type { Store } from '../manifest/schema/store.ts';

/** Connects to a Store of a cell; `ready` is undefined for what cannot be connected to. */
export type Probe = (cell: string, store: Store) => Promise<Probed>;

export interface Probed {
  readonly ready: boolean | undefined;
  readonly reason?: string;
  /** Nothing answers at its address, whoever asks. */
  readonly unreachable?: boolean;
}

/**
 * The same probe for one look at many Stores: where one cannot be reached at all, the others of its server are not waited
 * for again.
 */
export function sparing(probe: Probe): Probe {
  const first = new Map<string, Promise<Probed>>();
  return async (cell, store) => {
    const server = serverOf(store);
    const before = first.get(server);
    const asked = before ?? probe(cell, store);
    first.set(server, asked);
    const found = await asked;
    return before === undefined || found.unreachable ? found : probe(cell, store);
  };
}

/** As the Store says it: two that say it in two ways are both asked. */
function serverOf({ metadata: { annotations }, spec: { connector, connection = {} } }: Store): string {
  const { host, port, endpoint, dsn } = connection;
  return JSON.stringify([connector, host, port, endpoint, dsn, annotations]);
}
