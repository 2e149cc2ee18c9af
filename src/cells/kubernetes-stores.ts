import type { Cell } from '../manifest/schema/cell.ts';
import type { Store } from '../manifest/schema/store.ts';
import { inNamespace } from './kubernetes-namespace.ts';
import { asApplied, findCell, type KubernetesPlace, needCell } from './kubernetes-place.ts';
import { applyWhole } from './kubernetes-whole.ts';
import { checkStoreName, isStoreName } from './names.ts';
import type { Applied, StoreSummary } from './repository.ts';
import { written } from './same.ts';

/** The Stores of a cell with their status, sorted by name. */
export async function listStores({ kubernetes }: KubernetesPlace, { spec }: Cell): Promise<readonly Store[]> {
  const stores = await kubernetes.list<Store>({ kind: 'Store', namespace: spec.namespace });
  return stores.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

export async function findStore(place: KubernetesPlace, cellName: string, name: string): Promise<Store | undefined> {
  const cell = isStoreName(name) ? await findCell(place, cellName) : undefined;
  const store = cell && (await place.kubernetes.get<Store>({ kind: 'Store', name, namespace: cell.spec.namespace }));
  return store && asApplied(store);
}

export async function applyStore(place: KubernetesPlace, cellName: string, store: Store): Promise<Applied> {
  const cell = await needCell(place, cellName);
  checkStoreName(store.metadata.name);
  const placed = { ...written(store), metadata: { ...store.metadata, namespace: cell.spec.namespace } };
  return inNamespace(place, cell, () => applyWhole(place, placed));
}

export async function deleteStore(place: KubernetesPlace, cellName: string, name: string): Promise<boolean> {
  const { spec } = await needCell(place, cellName);
  return isStoreName(name) && place.kubernetes.delete({ kind: 'Store', name, namespace: spec.namespace });
}

/** What the status says of a Store. */
export function summarizeStore(store: Store): StoreSummary {
  const ready = store.status?.ready;
  const reason = store.status?.conditions?.find(({ type }) => type === 'Ready')?.message;
  return { store: asApplied(store), ready, ...(ready === false && reason !== undefined && { reason }) };
}
