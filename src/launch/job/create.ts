import type { Kubernetes } from '../../tools/kubernetes.ts';
import type { ClusterLogin } from '../place.ts';
import type { JobIdentity } from '../record.ts';
import { removeJob } from './job-cluster.ts';
import { type JobWish, jobManifest, secretManifest } from './manifest.ts';

interface Wanted {
  readonly wish: JobWish;
  readonly secret: Readonly<Record<string, string>>;
  readonly cluster: ClusterLogin;
}

/** Makes a Job and the Secret that it owns, in this order, so that no Secret is ever left behind; then lets the Job run. */
export async function createJob(kubernetes: Kubernetes, { wish, secret, cluster }: Wanted): Promise<JobIdentity> {
  const { name, namespace } = wish;
  const reference = { kind: 'Job', name, namespace } as const;
  await kubernetes.create(jobManifest(wish));
  const uid = (await kubernetes.get(reference))?.metadata.uid ?? '';
  const job = { name, namespace, uid, context: cluster.context, kubeconfig: cluster.kubeconfig };
  try {
    await kubernetes.create(secretManifest(wish, secret, uid));
    await kubernetes.merge(reference, { spec: { suspend: false } });
    return job;
  } catch (error) {
    await removeJob(kubernetes, job);
    throw error;
  }
}
