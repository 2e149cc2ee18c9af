import type { KubernetesObject } from '../../tools/kubernetes-object.ts';
import type { PackageExit } from '../launch.ts';

interface Reasoned {
  readonly reason?: string;
  readonly message?: string;
}

/** What dk reads of a pod with one container. */
export interface Pod extends KubernetesObject {
  readonly status?: Reasoned & {
    readonly phase?: string;
    readonly containerStatuses?: readonly {
      readonly state?: {
        readonly waiting?: Reasoned;
        readonly running?: object;
        readonly terminated?: Reasoned & { readonly exitCode: number };
      };
    }[];
  };
}

export type PodState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'running' }
  /** Over, or in a state that does not pass by itself. */
  | { readonly kind: 'ended'; readonly exit: PackageExit };

/** How the one container of a pod stands; `memory` is what it may use, for people. */
export function podState({ status = {} }: Pod, memory: string | undefined): PodState {
  const { waiting, running, terminated } = status.containerStatuses?.[0]?.state ?? {};
  if (terminated) return { kind: 'ended', exit: exitOf(status, terminated, memory) };
  if (status.phase === 'Failed') return { kind: 'ended', exit: neverRan(sentence(status) ?? 'its pod failed') };
  if (running) return { kind: 'running' };
  const stuck = waiting?.reason !== undefined && stuckReasons.has(waiting.reason);
  return stuck ? { kind: 'ended', exit: neverRan(sentence(waiting) ?? '') } : { kind: 'waiting' };
}

/** An end of which no exit code is known. */
export function neverRan(reason: string): PackageExit {
  return { code: null, signal: null, reason };
}

/** Somebody has to do something about these; waiting for a pull that is tried again only hides why. */
const stuckReasons = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

/** The container's program could not be started: the code is not the package's. */
const startFaults = new Set(['StartError', 'ContainerCannotRun']);

function exitOf(
  pod: Reasoned,
  { exitCode, reason = '', message }: Reasoned & { readonly exitCode: number },
  memory: string | undefined,
): PackageExit {
  if (startFaults.has(reason)) return neverRan(sentence({ reason, ...(message !== undefined && { message }) }) ?? '');
  const limit = memory === undefined ? 'there is' : `it may (${memory})`;
  const why = reason === 'OOMKilled' ? `OOMKilled: it used more memory than ${limit}` : sentence(pod);
  return { code: exitCode, signal: null, ...(why !== undefined && { reason: why }) };
}

function sentence({ reason, message }: Reasoned): string | undefined {
  return reason === undefined ? message : [reason, message].filter(Boolean).join(': ');
}
