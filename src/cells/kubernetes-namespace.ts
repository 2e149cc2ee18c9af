import type { Cell } from '../manifest/schema/cell.ts';
import { kubernetesReasonOf } from '../tools/kubernetes-fault.ts';
import type { KubernetesObject } from '../tools/kubernetes-object.ts';
import type { KubernetesPlace } from './kubernetes-place.ts';
import { setLeaving } from './leaving.ts';
import { isManagedByDk, labelsWithin } from './ownership.ts';

interface Namespace extends KubernetesObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

/** The cell that a namespace was made for; one without it is somebody else's. */
const madeForLabel = 'datakit.infoblox.dev/cell';
const endMs = 120_000;

/** Makes the cell's namespace where it is missing; one that was there before is used as it is. */
export async function ensureNamespace(place: KubernetesPlace, cell: Cell): Promise<void> {
  const found = await findNamespace(place, cell);
  const ending = found?.metadata.deletionTimestamp !== undefined;
  if (found && ending) await awaitEnd(place, found);
  if (found && !ending && !isMadeFor(found, cell)) return;
  await place.kubernetes.apply(namespaceOf(cell), { force: place.force === true });
}

/** The namespace as it is made for a cell. */
export function namespaceOf(cell: Cell) {
  const labels = { ...cell.metadata.labels, ...labelsWithin(cell), [madeForLabel]: cell.metadata.name };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: cell.spec.namespace, labels } };
}

/** Does something in the cell's namespace, once more if that was missing: a hand-written Cell may come without. */
export async function inNamespace<Result>(
  place: KubernetesPlace,
  cell: Cell,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const reason = kubernetesReasonOf(error);
    if (reason !== 'notFound' && reason !== 'terminating') throw error;
    await ensureNamespace(place, cell);
    return work();
  }
}

/** Deletes the namespace and waits for its end if it was made for this cell; false where it was not. */
export async function deleteNamespace(place: KubernetesPlace, cell: Cell): Promise<boolean> {
  const found = await findNamespace(place, cell);
  if (!found || !isMadeFor(found, cell)) return false;
  const { name, uid } = found.metadata;
  // A controller would make it again as long as the Cell is there.
  await setLeaving(place, cell, true);
  await place.kubernetes.delete({ kind: 'Namespace', name }, { uid });
  await awaitEnd(place, found);
  return true;
}

function findNamespace({ kubernetes }: KubernetesPlace, { spec }: Cell): Promise<Namespace | undefined> {
  return kubernetes.get<Namespace>({ kind: 'Namespace', name: spec.namespace });
}

function isMadeFor({ metadata: { labels = {} } }: Namespace, { metadata }: Cell): boolean {
  return isManagedByDk(labels) && labels[madeForLabel] === metadata.name;
}

async function awaitEnd({ kubernetes, where }: KubernetesPlace, { metadata }: Namespace): Promise<void> {
  const { name, uid } = metadata;
  const until = ([present]: readonly Namespace[]) =>
    present?.metadata.uid === uid && present !== undefined ? whatRemains(present) : undefined;
  const what = `Namespace ${name} of ${where} is not gone`;
  await kubernetes.waitFor<Namespace>({ kind: 'Namespace', name }, { until, what, timeoutMs: endMs });
}

/** The server says what holds a namespace back: objects that are left, or their finalizers. */
function whatRemains({ metadata, status }: Namespace): string {
  const blocking = (status?.conditions ?? []).filter((condition) => condition.status === 'True');
  const reasons = blocking.flatMap(({ message }) => message ?? []);
  return reasons.length === 0 ? `namespace ${metadata.name} is being deleted` : reasons.join('; ');
}
