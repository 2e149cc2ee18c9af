import type { Kubernetes } from '../../tools/kubernetes.ts';
import type { KubernetesObject } from '../../tools/kubernetes-object.ts';
import { infraNamespace } from './infra.ts';
import type { InfraServer } from './secrets.ts';

/** The part of a StatefulSet that tells how far it is. */
export interface StatefulSet extends KubernetesObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
  };
}

interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: object;
  };
  readonly lastState?: { readonly terminated?: { readonly exitCode: number; readonly reason?: string } };
}

/** The part of a pod that tells why it is not ready. */
export interface Pod extends KubernetesObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

/** Why a shared server does not run as it was last applied; undefined once it does. */
export async function rolloutFault(
  kubernetes: Pick<Kubernetes, 'get' | 'list'>,
  server: InfraServer,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const reference = { kind: 'StatefulSet', namespace: infraNamespace, name: server } as const;
  return faultOf(kubernetes, server, await kubernetes.get<StatefulSet>(reference, { signal }), signal);
}

export interface RolloutOptions {
  readonly timeoutMs: number;
  readonly say: (why: string) => void;
  readonly signal: AbortSignal;
}

/** Waits until a shared server runs as it was last applied; a stillStarting Failure when the time is up. */
export async function waitForRollout(
  kubernetes: Pick<Kubernetes, 'waitFor' | 'list'>,
  server: InfraServer,
  options: RolloutOptions,
): Promise<void> {
  const selection = { kind: 'StatefulSet', namespace: infraNamespace, name: server } as const;
  await kubernetes.waitFor<StatefulSet>(selection, {
    ...options,
    what: `The shared ${server} server was not ready`,
    until: ([set]) => faultOf(kubernetes, server, set, options.signal),
  });
}

async function faultOf(
  kubernetes: Pick<Kubernetes, 'list'>,
  server: InfraServer,
  set: StatefulSet | undefined,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (set === undefined) return `StatefulSet ${server} is missing`;
  if (isRolledOut(set)) return undefined;
  const labels = { 'app.kubernetes.io/name': server };
  const [pod] = await kubernetes.list<Pod>({ kind: 'Pod', namespace: infraNamespace, labels }, { signal });
  return (pod && podFault(pod)) ?? `${server} is starting`;
}

/** Whether every pod is of the newest template, and ready. */
export function isRolledOut({ metadata, spec, status }: StatefulSet): boolean {
  const wanted = spec?.replicas ?? 1;
  return (
    (status?.observedGeneration ?? 0) >= (metadata.generation ?? 1) &&
    status?.readyReplicas === wanted &&
    status.updatedReplicas === wanted &&
    status.currentRevision === status.updateRevision
  );
}

/** What keeps a pod from running, in words for the user; undefined where time alone will tell. */
export function podFault({ status }: Pod): string | undefined {
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') return `no node takes its pod: ${scheduled.message ?? 'no reason is given'}`;
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return containers.map(containerFault).find((fault) => fault !== undefined);
}

/** What every container says of itself for a moment before it starts. */
const passing = new Set(['ContainerCreating', 'PodInitializing']);

function containerFault({ name, image, state, lastState }: ContainerStatus): string | undefined {
  const { reason = '', message } = state?.waiting ?? {};
  if (reason === '' || passing.has(reason)) return undefined;
  if (/Image/.test(reason)) return `image ${image} cannot be had (${reason})${message ? `: ${message}` : ''}`;
  const ended = lastState?.terminated;
  if (ended) return `container ${name} ended with code ${ended.exitCode} and is started again (${reason})`;
  return `container ${name} cannot start (${reason})${message ? `: ${message}` : ''}`;
}
