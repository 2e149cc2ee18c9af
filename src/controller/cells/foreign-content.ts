import { isManagedByDk } from '../../cells/ownership.ts';
import type { Kind, Kubernetes, KubernetesObject } from '../../tools/kubernetes.ts';

interface Owned extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly ownerReferences?: readonly object[] };
}

/** What people put into namespaces. Stores and PackageDeployments are the Cell's, whoever has written them. */
const kinds: readonly Kind[] = [
  'ConfigMap',
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Job',
  'NetworkPolicy',
  'PersistentVolumeClaim',
  'Pod',
  'ReplicaSet',
  'Role',
  'RoleBinding',
  'Secret',
  'Service',
  'ServiceAccount',
  'StatefulSet',
];

/** Kubernetes puts these into every namespace. */
const everywhere: ReadonlySet<string> = new Set(['ConfigMap kube-root-ca.crt', 'ServiceAccount default']);

/** What a namespace holds that dk did not make, such as `Secret theirs`, sorted. What belongs to another object is not told. */
export async function foreignContent(
  kubernetes: Pick<Kubernetes, 'list'>,
  namespace: string,
): Promise<readonly string[]> {
  const lists = await Promise.all(
    kinds.map((kind) => kubernetes.list<Owned>({ kind, namespace }, { metadataOnly: true })),
  );
  return lists
    .flat()
    .filter(({ metadata }) => !isManagedByDk(metadata.labels ?? {}) && (metadata.ownerReferences ?? []).length === 0)
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
    .filter((name) => !everywhere.has(name))
    .sort();
}
