import type { KubernetesObject } from '../../tools/kubernetes-object.ts';
import { type PodWish, podTemplate } from './pod-template.ts';

/** A Job that is to be made, with a Secret of its own name. */
export interface JobWish
  extends Pick<
    PodWish,
    'labels' | 'image' | 'isOurs' | 'command' | 'args' | 'variables' | 'resources' | 'serviceAccountName'
  > {
  readonly name: string;
  readonly namespace: string;
  readonly timeoutMs: number | undefined;
  readonly keep: boolean;
}

export interface JobObject extends KubernetesObject {
  readonly spec: object;
}

/** Seconds after which the cluster ends by itself what nobody watches any longer. */
const afterTimeout = 60;
const afterEnd = 3600;

/** The Job of a run, suspended: its Secret, which it owns, comes next. No value of a variable stands in it. */
export function jobManifest(wish: JobWish): JobObject {
  const { name, namespace, labels, timeoutMs, keep, isOurs } = wish;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels },
    spec: {
      suspend: true,
      backoffLimit: 0,
      ...(timeoutMs !== undefined && { activeDeadlineSeconds: Math.ceil(timeoutMs / 1000) + afterTimeout }),
      ...(!keep && { ttlSecondsAfterFinished: afterEnd }),
      // Ours is in the nodes or nowhere; another one is pulled once, as the container engine would.
      template: podTemplate({
        ...wish,
        secret: name,
        pullPolicy: isOurs ? 'Never' : 'IfNotPresent',
        restartPolicy: 'Never',
      }),
    },
  };
}

/** The Secret of a run: all variables, and the run spec. */
export function secretManifest(
  { name, namespace, labels }: JobWish,
  values: Readonly<Record<string, string>>,
  jobUid: string,
): KubernetesObject & { readonly data: object } {
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name, uid: jobUid, blockOwnerDeletion: true };
  const metadata = { name, namespace, labels, ownerReferences: [owner] };
  return { apiVersion: 'v1', kind: 'Secret', metadata, data: encodeValues(values) };
}

/** Values as a Secret holds them. */
export function encodeValues(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const encoded = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return Object.fromEntries(encoded);
}
