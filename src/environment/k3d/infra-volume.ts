import { setTimeout as pause } from 'node:timers/promises';
import type { Kubernetes } from '../../tools/kubernetes.ts';
import type { KubernetesObject } from '../../tools/kubernetes-object.ts';

interface PersistentVolume extends KubernetesObject {
  readonly spec: {
    readonly claimRef?: { readonly namespace?: string; readonly name?: string; readonly uid?: string };
  };
}

interface PersistentVolumeClaim extends KubernetesObject {
  readonly status?: { readonly phase?: string };
}

type Reader = Pick<Kubernetes, 'get'>;

const reminders = 20;
const reminderMs = 250;

/**
 * Applies objects one after the other, and nothing after a claim before it is bound. Two workers of the cluster's own
 * controller get in each other's way about one time in three; it would try again after 15 s, or once the claim changes.
 */
export async function applyInTurn(
  kubernetes: Reader & Pick<Kubernetes, 'apply' | 'merge'>,
  objects: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<void> {
  for (const object of objects) {
    await kubernetes.apply(object, { force: true, signal });
    if (object.kind === 'PersistentVolumeClaim') await untilBound(kubernetes, object.metadata, signal);
  }
}

/** What is not bound after that has another reason, which its pod tells. */
async function untilBound(
  kubernetes: Reader & Pick<Kubernetes, 'merge'>,
  { namespace, name }: KubernetesObject['metadata'],
  signal: AbortSignal,
): Promise<void> {
  const reference = { kind: 'PersistentVolumeClaim', namespace, name } as const;
  for (let reminder = 0; reminder < reminders; reminder += 1) {
    const claim = await kubernetes.get<PersistentVolumeClaim>(reference, { signal });
    if (claim?.status?.phase === 'Bound') return;
    await pause(reminderMs, undefined, { signal });
    const annotations = { 'datakit.infoblox.dev/binding-reminder': String(reminder) };
    await kubernetes.merge(reference, { metadata: { annotations } }, { signal });
  }
}

/** Why a volume takes no claim: it waits for one that is gone. Undefined for a volume that is free, in use, or not there. */
export async function staleClaim(kubernetes: Reader, volume: string): Promise<string | undefined> {
  const stale = await findStale(kubernetes, volume);
  return stale && `volume ${volume} still belongs to a claim that is gone`;
}

/** Lets the claim of the same name have the volume, with the data on it; whether that was needed. */
export async function clearStaleClaim(
  kubernetes: Reader & Pick<Kubernetes, 'merge'>,
  volume: string,
): Promise<boolean> {
  const stale = await findStale(kubernetes, volume);
  if (!stale) return false;
  const { resourceVersion } = stale.metadata;
  // The name stays in it, so that no other claim gets in between.
  const claimRef = { uid: null, resourceVersion: null };
  await kubernetes.merge(
    { kind: 'PersistentVolume', name: volume },
    { metadata: { resourceVersion }, spec: { claimRef } },
  );
  return true;
}

async function findStale(kubernetes: Reader, volume: string): Promise<PersistentVolume | undefined> {
  const found = await kubernetes.get<PersistentVolume>({ kind: 'PersistentVolume', name: volume });
  const { uid, namespace, name } = found?.spec.claimRef ?? {};
  if (uid === undefined || name === undefined) return undefined;
  const claim = await kubernetes.get({ kind: 'PersistentVolumeClaim', namespace, name });
  return claim?.metadata.uid === uid ? undefined : found;
}
