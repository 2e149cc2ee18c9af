import type { Cell } from '../manifest/schema/cell.ts';
import type { Kind, KubernetesObject } from '../tools/kubernetes.ts';
import { checkSameNamespace } from './cell-failures.ts';
import { deleteNamespace, ensureNamespace } from './kubernetes-namespace.ts';
import { findCell, type KubernetesPlace } from './kubernetes-place.ts';
import { applyWhole } from './kubernetes-whole.ts';
import { isLeaving, setLeaving } from './leaving.ts';
import { checkCellName } from './names.ts';
import { isManagedByDk } from './ownership.ts';
import type { Applied } from './repository.ts';
import { written } from './same.ts';

/** The Namespace comes first: whoever sees the Cell can use it. */
export async function applyCell(place: KubernetesPlace, cell: Cell): Promise<Applied> {
  const old = await findCell(place, checkCellName(cell.metadata.name, 'invalid'));
  if (old) checkSameNamespace(place.where, old, cell);
  await ensureNamespace(place, cell);
  // Whoever was deleting it did not come to the end.
  if (old && isLeaving(old)) await setLeaving(place, old, false);
  return applyWhole(place, written(cell));
}

/** The Cell goes last, so that an interrupted deletion can be repeated. */
export async function deleteCell(place: KubernetesPlace, name: string): Promise<boolean> {
  const cell = await findCell(place, checkCellName(name, 'invalid'));
  if (!cell) return false;
  if (!(await sharesNamespace(place, cell)) && !(await deleteNamespace(place, cell))) await emptyNamespace(place, cell);
  return place.kubernetes.delete({ kind: 'Cell', name }, { uid: uidOf(cell) });
}

/** Another cell in the same namespace has the same Stores. */
async function sharesNamespace({ kubernetes }: KubernetesPlace, { metadata, spec }: Cell): Promise<boolean> {
  const cells = await kubernetes.list<Cell>({ kind: 'Cell' });
  return cells.some((other) => other.metadata.name !== metadata.name && other.spec.namespace === spec.namespace);
}

/** A namespace that was there before keeps what dk did not put into it. */
async function emptyNamespace({ kubernetes }: KubernetesPlace, { spec: { namespace } }: Cell): Promise<void> {
  const found = async (kind: Kind) => kubernetes.list<KubernetesObject>({ kind, namespace }, { metadataOnly: true });
  const ours = (await Promise.all((['PackageDeployment', 'Store'] as const).map(found))).flat();
  const plain = (await Promise.all((['Secret', 'ConfigMap'] as const).map(found))).flat();
  const own = plain.filter(({ metadata }) => isManagedByDk(metadata.labels ?? {}));
  for (const { kind, metadata } of [...ours, ...own]) {
    await kubernetes.delete({ kind: kind as Kind, namespace, name: metadata.name }, { uid: metadata.uid });
  }
}

/** What the server adds is not part of the manifest's type. */
function uidOf({ metadata }: KubernetesObject): string | undefined {
  return metadata.uid;
}
