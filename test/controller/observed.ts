import type { Child } from '../../src/controller/children.ts';
import type {
  ObservedCronJob,
  ObservedDeployment,
  ObservedJob,
  WatchedDeployment,
} from '../../src/controller/observed.ts';
import type { Observed, Plan, Resolution } from '../../src/controller/reconcile.ts';
import { resolveDeployment } from '../../src/controller/wanted.ts';
import { packageOfManifests } from '../../src/package/of-manifests.ts';
import { type Cells, store } from '../resolve/given.ts';
import { deploymentWith } from './deployments.ts';

type Wish = Parameters<typeof deploymentWith>[0];

export const dawn = new Date('2024-05-06T07:00:00Z');

/** Cell canary with what `deploymentWith` needs. */
export async function fillCanary(cells: Cells, password = 'swordfish'): Promise<void> {
  const warehouse = store('warehouse', { connection: { host: 'db' }, secrets: { password: '${PG_PASS}' } });
  await cells.add('canary', [warehouse], { warehouse: { PG_PASS: password } });
}

/** A deployment that a cluster has just been given, resolved; nothing is made for it yet. */
export async function observe(cells: Cells, wish: Wish = {}): Promise<Observed> {
  const nothing = { secret: undefined, jobs: [], cronJob: undefined, workload: undefined, producers: {}, now: dawn };
  const metadata = { uid: 'uid-1', generation: 1, resourceVersion: '1' };
  const deployment = deploymentWith(wish);
  const served = { ...deployment, metadata: { ...deployment.metadata, ...metadata } };
  return { ...nothing, deployment: served, resolution: await resolved(cells, served) };
}

/** The same deployment, once somebody has changed it. */
export async function changed(cells: Cells, observed: Observed, wish: Wish): Promise<Observed> {
  const { metadata, status } = observed.deployment;
  const next = deploymentWith(wish);
  const generation = (metadata.generation ?? 0) + 1;
  const deployment: WatchedDeployment = {
    ...next,
    metadata: { ...metadata, generation, ...(next.metadata.annotations && { annotations: next.metadata.annotations }) },
    ...(status && { status }),
  };
  return { ...observed, deployment, resolution: await resolved(cells, deployment) };
}

/** What is there once a plan has been carried out, a minute later. */
export function carriedOut(observed: Observed, plan: Plan): Observed {
  const { deployment, jobs } = observed;
  const [secret, cronJob, workload] = ['Secret', 'CronJob', 'Deployment'].map((kind) =>
    plan.write.find((child) => child.kind === kind),
  );
  const isKept = (object: { readonly metadata: object } | undefined) => !plan.remove.some((each) => each === object);
  return {
    ...observed,
    deployment: plan.status ? { ...deployment, status: plan.status } : deployment,
    secret: secret ?? observed.secret,
    cronJob: isKept(observed.cronJob) ? (made<ObservedCronJob>(cronJob, observed) ?? observed.cronJob) : undefined,
    workload: isKept(observed.workload)
      ? (made<ObservedDeployment>(workload, observed) ?? observed.workload)
      : undefined,
    jobs: [
      ...jobs.filter(isKept),
      ...(plan.start ? [made<ObservedJob>(plan.start, observed)].flatMap((job) => job ?? []) : []),
    ],
    now: new Date(observed.now.getTime() + 60_000),
  };
}

/** The newest Job has come to its end. */
export function ended(observed: Observed, type: 'Complete' | 'Failed', message = ''): Observed {
  const [last, ...others] = observed.jobs.toReversed();
  if (!last) throw new Error('there is no Job');
  const lastTransitionTime = observed.now.toISOString();
  const status = {
    ...(type === 'Complete' && { completionTime: lastTransitionTime }),
    conditions: [{ type, status: 'True', reason: 'BackoffLimitExceeded', message, lastTransitionTime }],
  };
  return { ...observed, jobs: [...others.toReversed(), { ...last, status }] };
}

async function resolved(cells: Cells, deployment: WatchedDeployment): Promise<Resolution> {
  const pkg = packageOfManifests(deployment.spec.manifests ?? {});
  return { ok: true, wanted: await resolveDeployment(deployment, pkg, cells.cells) };
}

/** As a server gives it back. */
function made<T extends Child>(child: Child | undefined, { now }: Observed): T | undefined {
  // What a server adds is all that is missing.
  return child && ({ ...child, metadata: { ...child.metadata, creationTimestamp: now.toISOString() } } as T);
}
