import { leaseName } from '../../controller/lease.ts';
import { Failure } from '../../failure.ts';
import type { Kubernetes } from '../../tools/kubernetes.ts';
import type { KubernetesObject } from '../../tools/kubernetes-object.ts';
import { type Pod, podFault, type RolloutOptions } from './infra-rollout.ts';

/** Where the controller is. */
export const systemNamespace = 'dk-system';

/** Name of its Deployment, and of its Lease. */
const name = leaseName;

/** The part of a Deployment that tells how far it is. */
export interface Deployment extends KubernetesObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  };
}

/** Who leads; times are ISO 8601. */
export interface Lease extends KubernetesObject {
  readonly spec?: {
    readonly holderIdentity?: string | null;
    readonly leaseDurationSeconds?: number | null;
    readonly renewTime?: string | null;
  };
}

/** A clock of the cluster may differ from this machine's. */
const clockDifferenceMs = 5_000;

/** Why no controller works as it was last applied; undefined once one does. */
export async function controllerFault(
  kubernetes: Pick<Kubernetes, 'get' | 'list'>,
  now: Date,
): Promise<string | undefined> {
  const deployment = await kubernetes.get<Deployment>({ kind: 'Deployment', namespace: systemNamespace, name });
  const fault = await deploymentFault(kubernetes, deployment);
  return fault ?? ((await isControlled(kubernetes, now)) ? undefined : 'it does not lead yet');
}

/** Whether a controller keeps the status of cells and Stores now, wherever it runs. */
export async function isControlled(kubernetes: Pick<Kubernetes, 'get'>, now: Date): Promise<boolean> {
  return isHeld(await kubernetes.get<Lease>({ kind: 'Lease', namespace: systemNamespace, name }), now);
}

/** Name of the pod that was started last; a notFound Failure without one. */
export async function controllerPod(kubernetes: Pick<Kubernetes, 'list'>): Promise<string> {
  const pods = await podsOf(kubernetes);
  const [newest] = pods.map(({ metadata }) => metadata).sort(byAge);
  if (newest) return newest.name;
  throw new Failure('notFound', {
    what: 'There is no controller',
    why: `namespace ${systemNamespace} has no pod of it`,
  });
}

/** Waits until a controller works; a stillStarting Failure when the time is up. */
export async function waitForController(
  kubernetes: Pick<Kubernetes, 'waitFor' | 'list'>,
  now: () => Date,
  { timeoutMs, say, signal }: RolloutOptions,
): Promise<void> {
  const at = { namespace: systemNamespace, name };
  const options = { timeoutMs, say, signal, what: 'The controller was not ready' };
  await kubernetes.waitFor<Deployment>(
    { kind: 'Deployment', ...at },
    { ...options, until: ([deployment]) => deploymentFault(kubernetes, deployment) },
  );
  await kubernetes.waitFor<Lease>(
    { kind: 'Lease', ...at },
    { ...options, until: ([lease]) => (isHeld(lease, now()) ? undefined : 'it does not lead yet') },
  );
}

async function deploymentFault(
  kubernetes: Pick<Kubernetes, 'list'>,
  deployment: Deployment | undefined,
): Promise<string | undefined> {
  if (!deployment) return `Deployment ${name} is missing`;
  if (isAvailable(deployment)) return undefined;
  const [pod] = await podsOf(kubernetes);
  return (pod && podFault(pod)) ?? 'it is starting';
}

function podsOf(kubernetes: Pick<Kubernetes, 'list'>) {
  const labels = { 'app.kubernetes.io/name': name };
  return kubernetes.list<Pod>({ kind: 'Pod', namespace: systemNamespace, labels });
}

function byAge(one: Pod['metadata'], other: Pod['metadata']): number {
  return (one.creationTimestamp ?? '') < (other.creationTimestamp ?? '') ? 1 : -1;
}

/** Whether its pod is of the newest template, and no other is left. */
export function isAvailable({ metadata, spec, status }: Deployment): boolean {
  const wanted = spec?.replicas ?? 1;
  return (
    (status?.observedGeneration ?? 0) >= (metadata.generation ?? 1) &&
    (status?.replicas ?? 0) === wanted &&
    (status?.updatedReplicas ?? 0) === wanted &&
    (status?.availableReplicas ?? 0) === wanted
  );
}

/** Whether somebody has it, and has renewed it in time. */
export function isHeld(lease: Lease | undefined, now: Date): boolean {
  const { holderIdentity, leaseDurationSeconds, renewTime } = lease?.spec ?? {};
  if (!holderIdentity || !renewTime) return false;
  return now.getTime() <= Date.parse(renewTime) + (leaseDurationSeconds ?? 0) * 1000 + clockDifferenceMs;
}
