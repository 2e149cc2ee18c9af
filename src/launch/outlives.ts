import type { Context } from '../context.ts';
import type { KubernetesObject } from '../tools/kubernetes-object.ts';
import type { JobIdentity } from './record.ts';
import type { Outlives } from './records.ts';

/** One question; who does not answer keeps nothing running that dk could tell of. */
const answerMs = 10_000;

interface Job extends KubernetesObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Asks the container engine, or the cluster, whether a run goes on without its supervisor. */
export function outlivesSupervisor(context: Context): Outlives {
  return async ({ container, job }) => {
    const asked = container ? isContainerRunning(context, container.id) : job ? isJobRunning(context, job) : undefined;
    return (await asked?.catch(() => false)) ?? false;
  };
}

async function isContainerRunning({ env }: Context, id: string): Promise<boolean> {
  const { openDocker } = await import('../tools/docker.ts');
  const docker = await openDocker({ env, signal: AbortSignal.timeout(answerMs) });
  return (await docker.containers.inspect(id))?.state === 'running';
}

async function isJobRunning(context: Context, { namespace, name, uid, ...cluster }: JobIdentity): Promise<boolean> {
  const { openJobCluster } = await import('./job/job-cluster.ts');
  const kubernetes = await openJobCluster(context, cluster);
  const job = await kubernetes.get<Job>({ kind: 'Job', namespace, name }, { timeoutMs: answerMs });
  if (job?.metadata.uid !== uid) return false;
  const ends = ['Complete', 'Failed', 'Suspended'];
  return !(job.status?.conditions ?? []).some(({ type, status }) => ends.includes(type) && status === 'True');
}
