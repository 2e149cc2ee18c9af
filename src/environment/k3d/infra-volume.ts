import type { Kubernetes } from '../../tools/kubernetes.ts';
import type { KubernetesObject } from '../../tools/kubernetes-object.ts';

interface PersistentVolume extends KubernetesObject {
  readonly spec: {
    readonly claimRef?: { readonly namespace?: string; readonly name?: string; readonly uid?: string };
  };
}

type Reader = Pick<Kubernetes, 'get'>;

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
