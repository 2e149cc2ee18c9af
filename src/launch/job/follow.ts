import { reasonOf } from '../../failure.ts';
import type { Kubernetes } from '../../tools/kubernetes.ts';
import type { PackageExit } from '../launch.ts';
import { followLog, type PodLog } from './pod-log.ts';
import { neverRan, type Pod, podState } from './pod-state.ts';
import { tellWarnings } from './warnings.ts';

interface Following {
  readonly namespace: string;
  /** Name of the Job. */
  readonly name: string;
  /** What the package may use, for people. */
  readonly memory: string | undefined;
  /** Takes the package's output, both streams in one: a cluster does not tell them apart. */
  readonly sink: (chunk: Buffer) => Promise<void>;
  /** Tells people of what is no output. */
  readonly say: (what: string) => Promise<void>;
  /** Aborted when there is no pod, and none will come. */
  readonly signal: AbortSignal;
}

/** Follows the one pod of a Job to its end; all its output was handed over then. */
export async function followJob(kubernetes: Kubernetes, following: Following): Promise<PackageExit> {
  const { namespace, memory, sink, say, signal } = following;
  const started = new AbortController();
  void tellWarnings(kubernetes, following, say, started.signal);
  let log: PodLog | undefined;
  try {
    for await (const pod of podsOf(kubernetes, following)) {
      const state = podState(pod, memory);
      if (state.kind !== 'waiting') started.abort();
      const hasOutput = state.kind === 'running' || (state.kind === 'ended' && state.exit.code !== null);
      if (hasOutput) log ??= followLog(kubernetes, { namespace, pod: pod.metadata.name, sink });
      if (state.kind === 'ended') return state.exit;
    }
    return neverRan('its pod was deleted');
  } catch (error) {
    if (signal.aborted) return neverRan('it had no pod');
    throw error;
  } finally {
    started.abort();
    await log?.finish().catch((error) => say(`The last of its output is missing: ${reasonOf(error)}`));
  }
}

/** The pod of a Job in each of its states; ends when the pod is gone. */
async function* podsOf(kubernetes: Kubernetes, { namespace, name, signal }: Following) {
  const labels = { 'batch.kubernetes.io/job-name': name };
  let seen = false;
  for await (const event of kubernetes.watch<Pod>({ kind: 'Pod', namespace, labels }, signal)) {
    const [pod] = event.type === 'listed' ? event.objects : [event.object];
    if (pod) yield pod;
    if (event.type === 'deleted' || (seen && !pod)) return;
    seen ||= pod !== undefined;
  }
}
