import type { KubernetesObject } from '../tools/kubernetes.ts';
import { isAsApplied } from './as-applied.ts';
import { type Child, contentOf, cronJobOf, jobOf, secretOf, workloadOf } from './children.ts';
import { type DeploymentStatus, statusOf } from './deployment-status.ts';
import { appliedAnnotation, configuredAnnotation, triggerAnnotation } from './labels.ts';
import type { ObservedCronJob, ObservedDeployment, ObservedJob, WatchedDeployment } from './observed.ts';
import { newestFirst, outcomeOf } from './runs.ts';
import { coveredBy, dueRun, type Triggers } from './trigger.ts';
import type { Wanted } from './wanted.ts';

/** Package × cell, or why there is no such thing. */
export type Resolution =
  | { readonly ok: true; readonly wanted: Wanted }
  | {
      readonly ok: false;
      /** One word in CamelCase. */
      readonly reason: string;
      readonly message: string;
      /** Nothing but another manifest mends it. */
      readonly isFinal: boolean;
    };

/** All that is known of a deployment; children are its own, by uid. */
export interface Observed {
  readonly deployment: WatchedDeployment;
  readonly resolution: Resolution;
  /** Without what it holds. */
  readonly secret: KubernetesObject | undefined;
  readonly jobs: readonly ObservedJob[];
  readonly cronJob: ObservedCronJob | undefined;
  readonly workload: ObservedDeployment | undefined;
  /** By name of a deployment that writes an input: the id of its last run, if that has succeeded. */
  readonly producers: Triggers;
  readonly now: Date;
}

/** What to do, in this order. */
export interface Plan {
  readonly write: readonly Child[];
  /** A Job; one that is there already is as good. */
  readonly start: Child | undefined;
  readonly remove: readonly KubernetesObject[];
  /** Undefined while something is started, which it would have to tell of. */
  readonly status: DeploymentStatus | undefined;
  readonly requeueAt: Date | undefined;
}

/** Runs of which the Jobs stay, to be looked at. */
const keptRuns = 3;
/** So long a run may be without a running pod once there is something newer. */
const patienceMs = 60_000;
/** By then, the news that a schedule has started something has come. */
const afterRunMs = 10_000;

/** What is → what to change. While a deployment cannot be resolved, what runs goes on as it is. */
export function reconcile(observed: Observed): Plan {
  const { resolution } = observed;
  if (!resolution.ok) return settled(observed, observed.deployment.status?.triggers);
  const { wanted } = resolution;
  const configured = configuredAt(observed, wanted);
  const children = childrenOf(observed, wanted, configured);
  const run = nextJob(observed, wanted, configured);
  const waiting = waitingRuns(observed, configured);
  const stuck = waiting.filter((job) => giveUpAt(job) <= observed.now);
  const rest = run.start ? { ...nothing, start: run.start } : settled(observed, run.handled);
  return {
    ...rest,
    requeueAt: earliest([rest.requeueAt, ...waiting.filter((job) => !stuck.includes(job)).map(giveUpAt)]),
    write: [...secretIfStale(observed, wanted, configured), ...children.filter((child) => isStale(observed, child))],
    remove: [...surplusOf(observed, children), ...oldRuns(observed), ...stuck],
  };
}

const nothing: Plan = { write: [], start: undefined, remove: [], status: undefined, requeueAt: undefined };

function settled(observed: Observed, triggers: Triggers | undefined): Plan {
  const status = statusOf(observed, triggers);
  const requeueAt = status.nextRun === undefined ? undefined : new Date(Date.parse(status.nextRun) + afterRunMs);
  return { ...nothing, status, requeueAt };
}

/** Since when the Secret holds what it is to hold: since now, where it holds something else. */
function configuredAt({ secret, now }: Observed, wanted: Wanted): string {
  const { annotations = {} } = secret?.metadata ?? {};
  const known = annotations[appliedAnnotation] === contentOf(wanted) ? annotations[configuredAnnotation] : undefined;
  return known ?? now.toISOString();
}

function secretIfStale({ deployment, secret }: Observed, wanted: Wanted, configured: string): readonly Child[] {
  const child = secretOf(deployment, wanted, configured);
  const annotations = secret?.metadata.annotations ?? {};
  return annotations[appliedAnnotation] === contentOf(wanted) ? [] : [child];
}

function childrenOf({ deployment }: Observed, wanted: Wanted, configured: string): readonly Child[] {
  const { behaviour } = wanted;
  if (behaviour.kind === 'streaming') return [workloadOf(deployment, wanted, behaviour.replicas, configured)];
  return behaviour.schedule ? [cronJobOf(deployment, wanted, behaviour.schedule, configured)] : [];
}

function isStale({ cronJob, workload }: Observed, child: Child): boolean {
  return !isAsApplied(child, child.kind === 'CronJob' ? cronJob : workload);
}

function surplusOf({ cronJob, workload }: Observed, children: readonly Child[]): readonly KubernetesObject[] {
  const present = [cronJob, workload].filter((object) => object !== undefined);
  return present.filter((object) => !children.some(({ kind }) => kind === object.kind));
}

interface NextJob {
  readonly start?: Child;
  /** What runs have been started for, so far. */
  readonly handled: Triggers | undefined;
}

/** One run after the other: what happens during a run is due when that is over. */
function nextJob({ deployment, jobs, producers }: Observed, wanted: Wanted, configured: string): NextJob {
  const handled = deployment.status?.triggers;
  const { behaviour } = wanted;
  if (behaviour.kind === 'streaming') return { handled };
  const due = dueRun({ deployment, onChange: behaviour.onChange, producers });
  if (!due) return { handled };
  const started = jobs.find(({ metadata }) => metadata.name === due.name);
  if (started) return { handled: { ...handled, ...(coveredBy(started) ?? due.covers) } };
  if (jobs.some((job) => outcomeOf(job) === 'Running')) return { handled };
  const covers = JSON.stringify(due.covers);
  return { handled, start: jobOf(deployment, wanted, { name: due.name, covers, configured }) };
}

/**
 * Runs of another version, or with other credentials, that do not get on: an image that cannot be pulled, a retry that waits.
 * They would keep the next run waiting, perhaps for ever.
 */
function waitingRuns({ jobs }: Observed, configured: string): readonly ObservedJob[] {
  const isIdle = (job: ObservedJob) => outcomeOf(job) === 'Running' && (job.status?.ready ?? 0) === 0;
  const configuredOf = ({ spec }: ObservedJob) => spec?.template?.metadata?.annotations?.[configuredAnnotation];
  return jobs.filter((job) => isIdle(job) && configuredOf(job) !== configured);
}

function giveUpAt({ metadata: { creationTimestamp = '' } }: ObservedJob): Date {
  return new Date(Date.parse(creationTimestamp) + patienceMs);
}

function earliest(dates: readonly (Date | undefined)[]): Date | undefined {
  return dates.filter((date) => date !== undefined).toSorted((a, b) => a.getTime() - b.getTime())[0];
}

/** A schedule's own runs are seen to by its CronJob. */
function oldRuns({ jobs }: Observed): readonly KubernetesObject[] {
  const own = jobs.filter(({ metadata }) => metadata.annotations?.[triggerAnnotation] !== undefined);
  return newestFirst(own.filter((job) => outcomeOf(job) !== 'Running')).slice(keptRuns);
}
