import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../../context.ts';
import { Failure, reasonOf } from '../../failure.ts';
import type { K3d } from '../../tools/k3d.ts';
import { openKubernetes } from '../../tools/kubernetes.ts';
import type { ClusterNames } from './cluster-names.ts';

type Needs = Parameters<typeof openKubernetes>[0];

/** Asks the API with the kubeconfig that the node itself wrote, which pins its certificate; why it does not answer, or nothing. */
export async function whyNoAnswer(context: Needs, k3d: K3d, names: ClusterNames): Promise<string | undefined> {
  const text = await k3d.kubeconfig(names.cluster);
  return text === undefined ? 'its node has not written its kubeconfig yet' : whyUnusable(context, text, names);
}

/** Whether a kubeconfig leads to this server, and the certificate it pins is found there. */
export async function leadsTo(context: Needs, text: string, names: ClusterNames, address: string): Promise<boolean> {
  const { server } = await openKubernetes(context, { text }, names.context);
  return server === address && (await whyUnusable(context, text, names)) === undefined;
}

async function whyUnusable(context: Needs, text: string, names: ClusterNames): Promise<string | undefined> {
  const kubernetes = await openKubernetes(context, { text }, names.context);
  try {
    await kubernetes.version({ timeoutMs: 5000 });
    return undefined;
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof Failure) return reasonOf(error);
    throw error;
  }
}

/** Asks until the API answers; a stillStarting Failure when it has not in time. */
export async function waitForApi(
  { signal }: Pick<Context, 'signal'>,
  names: ClusterNames,
  ask: () => Promise<string | undefined>,
  timeoutMs: number,
): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; ; ) {
    const why = await ask();
    if (why === undefined) return;
    if (Date.now() > deadline) throw notAnswering(names, why, timeoutMs);
    await pause(500, undefined, { signal });
  }
}

function notAnswering({ cluster, server }: ClusterNames, why: string, timeoutMs: number): Failure {
  return new Failure('stillStarting', {
    what: `The API of ${cluster} did not answer within ${timeoutMs / 1000} s`,
    why,
    next: [`docker logs --tail 50 ${server}`, 'dk dev down && dk dev up'],
  });
}
