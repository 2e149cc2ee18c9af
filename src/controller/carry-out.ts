import { Failure, reasonOf } from '../failure.ts';
import type { KubernetesObject } from '../tools/kubernetes.ts';
import { kubernetesReasonOf } from '../tools/kubernetes-fault.ts';
import { isKnownKind } from '../tools/kubernetes-kinds.ts';
import type { Child } from './children.ts';
import { type DeploymentStatus, statusOf } from './deployment-status.ts';
import { recordEvent } from './events.ts';
import { happenings } from './happenings.ts';
import { manager, type Shared } from './loop.ts';
import { keyOf } from './object-cache.ts';
import type { ObservedCronJob, ObservedDeployment, ObservedJob, WatchedDeployment } from './observed.ts';
import type { Observed, Plan } from './reconcile.ts';
import { writeStatus } from './write-status.ts';

/** Does what a plan says; every step can be done again. What the cluster refuses is told to the deployment's readers. */
export async function carryOut(shared: Shared, observed: Observed, plan: Plan): Promise<void> {
  const { deployment } = observed;
  try {
    for (const child of plan.write) await write(shared, deployment, child);
    if (plan.start) await start(shared, deployment, plan.start);
    for (const object of plan.remove) await remove(shared, deployment, object);
  } catch (error) {
    if (error instanceof Failure && ['invalid', 'refused'].includes(error.kind)) {
      const refused = { ok: false, reason: 'Refused', message: reasonOf(error), isFinal: true } as const;
      await tell(shared, deployment, statusOf({ ...observed, resolution: refused }, deployment.status?.triggers));
    }
    throw error;
  }
  if (plan.status) await tell(shared, deployment, plan.status);
}

async function write(shared: Shared, deployment: WatchedDeployment, child: Child): Promise<void> {
  record(shared, await shared.kubernetes.write<Child>(child, { manager }));
  shared.log.info(`${child.kind} ${child.metadata.name} applied`, { object: keyOf(deployment) });
}

async function start(shared: Shared, deployment: WatchedDeployment, job: Child): Promise<void> {
  const { kubernetes, log } = shared;
  const { name, namespace } = job.metadata;
  try {
    record(shared, await kubernetes.create(job));
    log.info(`Job ${name} created`, { object: keyOf(deployment) });
  } catch (error) {
    if (kubernetesReasonOf(error) !== 'conflict') throw error;
    const there = await kubernetes.get<Child>({ kind: 'Job', name, namespace });
    if (there) record(shared, there);
  }
}

async function remove(
  { kubernetes, log }: Shared,
  deployment: WatchedDeployment,
  object: KubernetesObject,
): Promise<void> {
  const { kind, metadata } = object;
  const { name, namespace, uid } = metadata;
  if (!isKnownKind(kind)) return;
  await kubernetes.delete({ kind, name, namespace }, { uid });
  log.info(`${kind} ${name} removed`, { object: keyOf(deployment) });
}

/** The news of what was written comes later; whoever looks again before that must not do it again. */
function record({ caches }: Shared, object: Child): void {
  const { data: _, ...withoutValues } = object;
  // The kind of an answer says what it is.
  switch (object.kind) {
    case 'Secret':
      caches.secrets.record(withoutValues);
      break;
    case 'Job':
      caches.jobs.record(object as ObservedJob);
      break;
    case 'CronJob':
      caches.cronJobs.record(object as ObservedCronJob);
      break;
    case 'Deployment':
      caches.workloads.record(object as ObservedDeployment);
      break;
    default:
      throw new Error(`nobody writes a ${object.kind} for a deployment`);
  }
}

async function tell(shared: Shared, deployment: WatchedDeployment, status: DeploymentStatus): Promise<void> {
  if (status === deployment.status) return;
  if (!(await writeStatus(shared, shared.caches.deployments, deployment, status))) return;
  for (const happening of happenings(deployment.status, status)) {
    shared.log.info(happening.message, { object: keyOf(deployment), reason: happening.reason });
    await recordEvent(shared, deployment, happening);
  }
}
