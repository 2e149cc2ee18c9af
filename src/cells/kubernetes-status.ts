import type { Cell } from '../manifest/schema/cell.ts';
import type { Store } from '../manifest/schema/store.ts';
import { type KubernetesPlace, needCell } from './kubernetes-place.ts';
import { listStores } from './kubernetes-stores.ts';

/** The reason that marks a condition as one command's observation, which no controller keeps up to date. */
export const seenByDk = 'SeenByDk';

/** Connects to the Stores of a cell and writes into their status, and the cell's, what came of it. */
export async function recordStatus(place: KubernetesPlace, cellName: string, now: Date): Promise<void> {
  const cell = await needCell(place, cellName);
  const stores = await listStores(place, cell);
  const seen = await Promise.all(stores.map((store) => recordStore(place, cellName, store, now)));
  const unready = stores.filter((_, index) => seen[index] === false).map(({ metadata }) => metadata.name);
  const packages = await place.kubernetes.list(
    { kind: 'PackageDeployment', namespace: cell.spec.namespace },
    { metadataOnly: true },
  );
  const message = unready.length === 0 ? 'every Store can be reached' : `not ready: ${unready.join(', ')}`;
  const ready = unready.length === 0;
  const counts = { storeCount: stores.length, packageCount: packages.length };
  await writeStatus(place, cell, { ready, ...counts, ...conditionsOf(cell, ready, message, now) });
}

/** Undefined for a Store of a connector that dk does not speak, or when nobody can connect. */
async function recordStore(
  place: KubernetesPlace,
  cellName: string,
  store: Store,
  now: Date,
): Promise<boolean | undefined> {
  const { ready, reason = 'dk connected to it' } = (await place.probe?.(cellName, store)) ?? { ready: undefined };
  const conditions = conditionsOf(store, ready, reason, now);
  await writeStatus(place, store, { ...(ready !== undefined && { ready }), ...conditions });
  return ready;
}

function conditionsOf(resource: Cell | Store, ready: boolean | undefined, message: string, now: Date) {
  const status = ready === undefined ? 'Unknown' : ready ? 'True' : 'False';
  const old = resource.status?.conditions?.find(({ type }) => type === 'Ready');
  // A time that moved with every look would make every look a write.
  const lastTransitionTime =
    old?.status === status ? old.lastTransitionTime : now.toISOString().replace(/\.\d+Z$/, 'Z');
  return { conditions: [{ type: 'Ready', status, reason: seenByDk, message, lastTransitionTime }] };
}

async function writeStatus(
  { kubernetes }: KubernetesPlace,
  { apiVersion, kind, metadata }: Cell | Store,
  status: object,
) {
  const { name, namespace } = metadata;
  const target = { apiVersion, kind, metadata: namespace === undefined ? { name } : { name, namespace }, status };
  await kubernetes.applyStatus(target, { force: true });
}
