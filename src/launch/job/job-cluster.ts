import type { Context } from '../../context.ts';
import { type Kubernetes, openKubernetes } from '../../tools/kubernetes.ts';
import type { ClusterLogin } from '../place.ts';
import type { JobIdentity } from '../record.ts';

const goneMs = 60_000;

/** A login of its own: a signal ends the package, and not what dk asks the cluster for. */
export function openJobCluster(context: Context, { kubeconfig, context: name }: ClusterLogin): Promise<Kubernetes> {
  return openKubernetes({ ...context, signal: new AbortController().signal }, { files: kubeconfig }, name);
}

/** Removes a Job with all that belongs to it, running or not; no matter whether it exists. */
export async function removeJob(kubernetes: Kubernetes, { namespace, name, uid }: JobIdentity): Promise<void> {
  const reference = { kind: 'Job', namespace, name } as const;
  await kubernetes.delete(reference, { uid, propagation: 'Foreground' });
  await kubernetes.waitFor(reference, {
    until: (jobs) => (jobs.some(({ metadata }) => metadata.uid === uid) ? 'its pod is ending' : undefined),
    what: `Job ${name} in namespace ${namespace} is still there`,
    timeoutMs: goneMs,
  });
}
