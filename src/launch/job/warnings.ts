import { setTimeout as delay } from 'node:timers/promises';
import type { Kubernetes } from '../../tools/kubernetes.ts';
import type { KubernetesObject } from '../../tools/kubernetes-object.ts';

interface Event extends KubernetesObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly involvedObject: { readonly name?: string };
}

interface JobName {
  readonly namespace: string;
  readonly name: string;
}

const everyMs = 2000;

/** Tells why a Job does not start, as far as the cluster warns of it, until the signal is aborted. */
export async function tellWarnings(
  kubernetes: Kubernetes,
  job: JobName,
  say: (warning: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const told = new Set<string>();
  for (;;) {
    await delay(everyMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    // Who may not read events is told less.
    const warnings = await warningsOf(kubernetes, job).catch(() => []);
    for (const warning of warnings.filter((each) => !told.has(each))) {
      told.add(warning);
      if (!signal.aborted) await say(warning);
    }
  }
}

/** What a cluster warns of for a Job and its pods, each sentence once. */
async function warningsOf(kubernetes: Kubernetes, { namespace, name }: JobName): Promise<readonly string[]> {
  const events = await kubernetes.list<Event>({ kind: 'Event', namespace });
  const own = events.filter(({ type, involvedObject }) => type === 'Warning' && isAbout(involvedObject.name, name));
  return [...new Set(own.map(({ reason, message }) => [reason, message].filter(Boolean).join(': ')))];
}

/** A pod is called as its Job and five characters more. */
function isAbout(object: string | undefined, job: string): boolean {
  return object === job || (object?.startsWith(`${job}-`) ?? false);
}
