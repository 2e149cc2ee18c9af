import { runRequestedAnnotation } from '../../manifest/run-requested.ts';
import type { Kubernetes, KubernetesObject } from '../../tools/kubernetes.ts';

/** Asks the controller for one run of a deployment, beside what its trigger starts. */
export async function requestRun(
  kubernetes: Kubernetes,
  { name, namespace }: KubernetesObject['metadata'],
  now: Date,
): Promise<void> {
  const reference = { kind: 'PackageDeployment', name, namespace } as const;
  // Not by server-side apply: the next deployment, which does not say it, would take it away.
  await kubernetes.merge(reference, { metadata: { annotations: { [runRequestedAnnotation]: now.toISOString() } } });
}
