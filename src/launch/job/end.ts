import { once } from 'node:events';
import type { Kubernetes } from '../../tools/kubernetes.ts';
import { kubernetesReasonOf } from '../../tools/kubernetes-fault.ts';
import type { PackageExit, Patience } from '../launch.ts';
import type { JobIdentity } from '../record.ts';
import type { Pod } from './pod-state.ts';
import { containerName } from './pod-template.ts';

interface Ending {
  readonly exited: Promise<PackageExit>;
  /** Lets `exited` come to its end though no pod has told of one. */
  readonly giveUp: () => void;
  /** The Job itself stays. */
  readonly keep: boolean;
  readonly patience: Patience;
}

/** Beyond the pod's own patience, for the cluster to notice and to tell. */
const slackMs = 10_000;
const killMs = 30_000;

/** Ends the pods of a Job, where they have not ended: the cluster asks, waits, and kills. */
export async function endJob(kubernetes: Kubernetes, job: JobIdentity, ending: Ending): Promise<void> {
  const { exited, giveUp, keep, patience } = ending;
  if (await settlesBefore(exited, AbortSignal.abort())) return;
  await askToEnd(kubernetes, job, keep);
  const late = AbortSignal.any([patience.hurry, AbortSignal.timeout(patience.graceMs + slackMs)]);
  if (!(await podsEndBefore(kubernetes, job, late))) {
    await killPods(kubernetes, job);
    await waitForPods(kubernetes, job, { timeoutMs: killMs });
  }
  // A Job that never had a pod has none whose end could be seen.
  if (!(await settlesBefore(exited, AbortSignal.timeout(slackMs)))) giveUp();
}

/** Deleting the Job ends its pods; so does suspending it. */
async function askToEnd(kubernetes: Kubernetes, { namespace, name, uid }: JobIdentity, keep: boolean): Promise<void> {
  const reference = { kind: 'Job', namespace, name } as const;
  if (!keep) {
    await kubernetes.delete(reference, { uid, propagation: 'Foreground' });
    return;
  }
  await kubernetes.merge(reference, { spec: { suspend: true } }).catch((error) => {
    if (kubernetesReasonOf(error) !== 'notFound') throw error;
  });
}

async function podsEndBefore(kubernetes: Kubernetes, job: JobIdentity, signal: AbortSignal): Promise<boolean> {
  try {
    await waitForPods(kubernetes, job, { signal, timeoutMs: 2 ** 31 - 1 });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

async function waitForPods(
  kubernetes: Kubernetes,
  job: JobIdentity,
  bounds: { readonly signal?: AbortSignal; readonly timeoutMs: number },
): Promise<void> {
  const over = ({ status }: Pod) => ['Succeeded', 'Failed'].includes(status?.phase ?? '');
  await kubernetes.waitFor<Pod>(podsOf(job), {
    until: (pods) => (pods.every(over) ? undefined : 'its pod is ending'),
    what: `The pod of Job ${job.name} in namespace ${job.namespace} did not end`,
    ...bounds,
  });
}

async function killPods(kubernetes: Kubernetes, job: JobIdentity): Promise<void> {
  const { namespace } = job;
  for (const { metadata } of await kubernetes.list(podsOf(job))) {
    // Not at once: without a second, the pod would be gone before its node has done it.
    const reference = { kind: 'Pod', namespace, name: metadata.name } as const;
    await kubernetes.delete(reference, { uid: metadata.uid, graceSeconds: 1 });
    await killInside(kubernetes, namespace, metadata.name);
  }
}

/** Some runtimes that have asked a container wait as long as they were told first, so whoever is in a hurry does it from inside. */
async function killInside(kubernetes: Kubernetes, namespace: string, pod: string): Promise<void> {
  const command = ['sh', '-c', 'kill -KILL -1'];
  // An image without a shell is left to its node.
  await kubernetes.exec({ namespace, pod, container: containerName, command, timeoutMs: 5000 }).catch(() => {});
}

function podsOf({ namespace, name }: JobIdentity) {
  return { kind: 'Pod', namespace, labels: { 'batch.kubernetes.io/job-name': name } } as const;
}

async function settlesBefore(exited: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  const aborted = signal.aborted ? Promise.resolve() : once(signal, 'abort');
  return Promise.race([exited.then(() => true), aborted.then(() => false)]);
}
