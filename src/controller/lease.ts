import { setTimeout as pause } from 'node:timers/promises';
import { reasonOf } from '../failure.ts';
import type { Kubernetes, KubernetesObject } from '../tools/kubernetes.ts';
import { kubernetesReasonOf } from '../tools/kubernetes-fault.ts';
import type { Log } from './log.ts';

interface Lease extends KubernetesObject {
  readonly spec?: {
    readonly holderIdentity?: string | null;
    readonly leaseDurationSeconds?: number;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

/** Who of several controllers works. */
export interface LeaseOptions {
  readonly namespace: string;
  /** Unlike that of any other controller. */
  readonly identity: string;
  /** So long after its last word a leader counts as gone. */
  readonly seconds: number;
  /** Waits for a cluster that does not answer, since it has answered before. */
  readonly patient: boolean;
  readonly log: Log;
}

/** Name of the Lease by which a controller is known to be there. */
export const leaseName = 'dk-controller';

/** Waits until nobody else leads, then works until the signal is aborted or another has taken over, and lets go. */
export async function whileLeading(
  kubernetes: Kubernetes,
  options: LeaseOptions,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  if (!(await takeLease(kubernetes, options, signal))) return;
  const done = new AbortController();
  const lost = new AbortController();
  const renewing = keepLease(kubernetes, options, done.signal).finally(() => lost.abort());
  try {
    await work(AbortSignal.any([signal, lost.signal]));
  } finally {
    const mine = !lost.signal.aborted;
    done.abort();
    await renewing;
    if (mine) await releaseLease(kubernetes, options);
  }
}

/** False where the signal was aborted before. */
async function takeLease(kubernetes: Kubernetes, options: LeaseOptions, signal: AbortSignal): Promise<boolean> {
  const watched = watchHolder(options);
  for (let { patient } = options; !signal.aborted; patient = true) {
    try {
      const lease = await findLease(kubernetes, options);
      if (watched.isGone(lease) && (await claim(kubernetes, options, lease))) return true;
    } catch (error) {
      if (!patient) throw error;
      options.log.warn('the Lease cannot be taken', { why: reasonOf(error) });
    }
    await pause(betweenMs(options), undefined, { signal }).catch(() => undefined);
  }
  return false;
}

/** Its clock need not be ours: what counts is for how long nothing was heard of it. */
function watchHolder({ seconds, log }: LeaseOptions) {
  let heard = { word: '', holder: '', at: 0 };
  return {
    isGone(lease: Lease | undefined): boolean {
      const { holderIdentity: holder, leaseDurationSeconds = seconds, renewTime } = lease?.spec ?? {};
      if (!holder) return true;
      if (holder !== heard.holder) log.info('another controller leads', { holder });
      const word = `${holder} ${renewTime}`;
      if (word !== heard.word) heard = { word, holder, at: performance.now() };
      return performance.now() - heard.at >= leaseDurationSeconds * 1000;
    },
  };
}

function betweenMs({ seconds }: LeaseOptions): number {
  return (seconds * 1000) / 5;
}

function findLease(kubernetes: Kubernetes, { namespace }: LeaseOptions): Promise<Lease | undefined> {
  return kubernetes.get<Lease>({ kind: 'Lease', name: leaseName, namespace });
}

/** False where another was quicker. */
async function claim(kubernetes: Kubernetes, options: LeaseOptions, lease: Lease | undefined): Promise<boolean> {
  const { leaseTransitions = -1 } = lease?.spec ?? {};
  const spec = { ...wordOf(options), acquireTime: microTime(), leaseTransitions: leaseTransitions + 1 };
  try {
    if (lease) await patchLease(kubernetes, options, lease, spec);
    else await kubernetes.create({ ...leaseObject(options), spec });
    return true;
  } catch (error) {
    if (kubernetesReasonOf(error) === 'conflict') return false;
    throw error;
  }
}

function leaseObject({ namespace }: LeaseOptions) {
  const metadata = { name: leaseName, namespace, labels: { 'app.kubernetes.io/managed-by': 'dk' } };
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata };
}

function wordOf({ identity, seconds }: LeaseOptions) {
  return { holderIdentity: identity, leaseDurationSeconds: seconds, renewTime: microTime() };
}

function microTime(): string {
  return new Date().toISOString().replace('Z', '000Z');
}

/** Fails with a conflict where the Lease is no longer the one that was seen. */
function patchLease(kubernetes: Kubernetes, { namespace }: LeaseOptions, { metadata }: Lease, spec: object) {
  const { resourceVersion } = metadata;
  return kubernetes.merge<Lease>(
    { kind: 'Lease', name: leaseName, namespace },
    { metadata: { resourceVersion }, spec },
  );
}

/** Says again and again that this controller is there; ends when it is told to, or when nobody can count on it any longer. */
async function keepLease(kubernetes: Kubernetes, options: LeaseOptions, done: AbortSignal): Promise<void> {
  const { seconds, identity, log } = options;
  for (let heard = performance.now(); !done.aborted; ) {
    await pause(betweenMs(options), undefined, { signal: done }).catch(() => undefined);
    if (done.aborted) return;
    try {
      const lease = await findLease(kubernetes, options);
      if (lease?.spec?.holderIdentity !== identity) return log.warn('another controller has taken over');
      await patchLease(kubernetes, options, lease, wordOf(options));
      heard = performance.now();
    } catch (error) {
      log.warn('the Lease could not be renewed', { why: reasonOf(error) });
      if (performance.now() - heard > (seconds * 1000 * 2) / 3) return;
    }
  }
}

/** So that the next one need not wait until this one counts as gone. */
async function releaseLease(kubernetes: Kubernetes, options: LeaseOptions): Promise<void> {
  try {
    const lease = await findLease(kubernetes, options);
    if (lease?.spec?.holderIdentity !== options.identity) return;
    await patchLease(kubernetes, options, lease, { holderIdentity: null, leaseDurationSeconds: 1 });
  } catch (error) {
    options.log.warn('the Lease could not be released', { why: reasonOf(error) });
  }
}
