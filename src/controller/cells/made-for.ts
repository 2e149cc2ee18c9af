import { isManagedByDk } from '../../cells/ownership.ts';
import type { Cell } from '../../manifest/schema/cell.ts';
import type { KubernetesObject } from '../../tools/kubernetes.ts';

/** Uid of the Cell for which the controller made a namespace; others it never deletes. */
const cellUid = 'datakit.infoblox.dev/cell-uid';

/** The same namespace, with the mark that the controller makes it for this Cell. */
export function madeFor(cell: KubernetesObject, namespace: KubernetesObject): KubernetesObject {
  const { metadata } = namespace;
  return {
    ...namespace,
    metadata: { ...metadata, labels: { ...metadata.labels, [cellUid]: cell.metadata.uid ?? '' } },
  };
}

/** Whether the controller made it, for a Cell that is not there any more, and no other Cell uses it. */
export function isLeftOver({ metadata }: KubernetesObject, cells: readonly (Cell & KubernetesObject)[]): boolean {
  const { name, labels = {}, deletionTimestamp } = metadata;
  const uid = labels[cellUid];
  if (uid === undefined || !isManagedByDk(labels) || deletionTimestamp !== undefined) return false;
  return !cells.some((cell) => cell.metadata.uid === uid || cell.spec.namespace === name);
}
