import type { Cell } from '../manifest/schema/cell.ts';
import type { KubernetesPlace } from './kubernetes-place.ts';

/** Stands on a Cell whose namespace is being deleted, which comes first. */
const leaving = 'datakit.infoblox.dev/leaving';

/** Whether somebody is deleting this Cell: nothing is to be made for it any more. */
export function isLeaving({ metadata }: Cell): boolean {
  return metadata.annotations?.[leaving] !== undefined;
}

/** Says so in the cluster, or takes it back. */
export async function setLeaving({ kubernetes }: KubernetesPlace, { metadata }: Cell, is: boolean): Promise<void> {
  const patch = { metadata: { annotations: { [leaving]: is ? 'true' : null } } };
  await kubernetes.merge({ kind: 'Cell', name: metadata.name }, patch);
}
