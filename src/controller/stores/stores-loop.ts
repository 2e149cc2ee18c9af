import { sharedSecret } from '../../cells/names.ts';
import type { CellSecretSource } from '../../cells/secrets.ts';
import { checkStore } from '../../data/check-store.ts';
import type { Store } from '../../manifest/schema/store.ts';
import type { KubernetesObject } from '../../tools/kubernetes.ts';
import { recordEvent } from '../events.ts';
import type { Loop, Shared } from '../loop.ts';
import { keyOf } from '../object-cache.ts';
import { openData, type ReadData } from '../secret-values.ts';
import type { Served } from '../watch.ts';
import { WorkQueue } from '../work-queue.ts';
import { writeStatus } from '../write-status.ts';
import { isJudged, judgeStore, readyOf } from './judge-store.ts';
import { nextProbeMs } from './next-probe.ts';

/** So many servers are waited for at once. */
const concurrency = 16;

/** Connects to every Store, again and again, and keeps in its status what came of it. */
export const storesLoop: Loop = {
  name: 'stores',
  async start(shared, signal) {
    const failures = new Map<string, number>();
    const read = openData(shared.kubernetes, shared.caches);
    const work = async (key: string) => {
      const store = shared.caches.stores.get(key);
      if (!store || isEnding(shared, store)) return void failures.delete(key);
      const ready = await keepStore(shared, read, store, signal);
      const count = ready === false ? (failures.get(key) ?? 0) + 1 : 0;
      failures.set(key, count);
      return new Date(shared.now().getTime() + nextProbeMs(count, Math.random()));
    };
    const queue = new WorkQueue({ work, concurrency, log: shared.log, now: shared.now, signal });
    listen(shared, (key) => queue.add(key));
    for (const store of shared.caches.stores.all()) queue.add(keyOf(store));
    await queue.untilAborted();
  },
};

/** A Store that says something else, or whose credentials have changed, is connected to at once. */
function listen({ caches }: Shared, look: (key: string) => void): void {
  caches.stores.listen(({ key, before, after }) => {
    if (after && (before?.metadata.generation !== after.metadata.generation || !isJudged(after))) look(key);
  });
  caches.secrets.listen(({ before, after }) => {
    const { name = '', namespace = '' } = (after ?? before)?.metadata ?? {};
    const users = name === sharedSecret ? caches.stores.in(namespace) : [caches.stores.get(`${namespace}/${name}`)];
    for (const store of users) if (store) look(keyOf(store));
  });
}

/** What goes with its namespace is connected to no more. */
function isEnding({ caches }: Shared, { metadata: { namespace = '' } }: Served<Store>): boolean {
  return caches.namespaces.get(namespace)?.metadata.deletionTimestamp !== undefined;
}

/** Whether it could be connected to; undefined for what cannot be asked. */
async function keepStore(
  shared: Shared,
  read: ReadData,
  store: Served<Store>,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const cell = cellOf(shared, store);
  const check = await checkStore(secretsOf(read, store), cell, store, {
    reach: 'cluster',
    signal,
    onSecrets: shared.hide,
  });
  // What ends with the controller says nothing of the Store.
  signal.throwIfAborted();
  const status = judgeStore(store, check, shared.now());
  if (status === store.status) return status.ready;
  if (!(await writeStatus(shared, shared.caches.stores, store, status))) return undefined;
  await tell(shared, store, status);
  return status.ready;
}

async function tell(shared: Shared, store: Served<Store>, status: NonNullable<Store['status']>): Promise<void> {
  const [before, after] = [readyOf(store.status), readyOf(status)];
  if (!after || (before?.status === after.status && before.reason === after.reason)) return;
  const type = after.status === 'False' ? 'Warning' : 'Normal';
  await recordEvent(shared, store, { type, reason: after.reason, message: after.message });
}

/** For messages; a namespace may be nobody's. */
function cellOf({ caches }: Shared, { metadata: { namespace = '' } }: Served<Store>): string {
  return caches.cells.all().find(({ spec }) => spec.namespace === namespace)?.metadata.name ?? namespace;
}

interface Secret extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** The Secrets beside a Store. */
function secretsOf(read: ReadData, { metadata: { namespace = '' } }: Served<Store>): CellSecretSource {
  return {
    where: `namespace ${namespace}`,
    secrets: {
      async read(_, name) {
        const found: Secret | undefined = await read({ kind: 'Secret', name, namespace });
        const entries = Object.entries(found?.data ?? {});
        return found && Object.fromEntries(entries.map(([key, value]) => [key, decode(value)]));
      },
    },
  };
}

const decode = (base64: string) => Buffer.from(base64, 'base64').toString();
