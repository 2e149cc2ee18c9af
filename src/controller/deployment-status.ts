import { isDeepStrictEqual } from 'node:util';
import { nextRun } from '../manifest/grammar/next-run.ts';
import type { Behaviour } from './behaviour.ts';
import { type Judgement, timeText, toConditions } from './condition.ts';
import type { ObservedDeployment, WatchedDeployment } from './observed.ts';
import type { Observed, Resolution } from './reconcile.ts';
import { failureOf, type LastRun, lastRunOf } from './runs.ts';
import type { Triggers } from './trigger.ts';

export type DeploymentStatus = NonNullable<WatchedDeployment['status']>;

/** What a deployment's status is to say; the very one that it has where that is the same. */
export function statusOf(observed: Observed, triggers: Triggers | undefined): DeploymentStatus {
  const { deployment, resolution, jobs, now } = observed;
  const { status: before, metadata } = deployment;
  const lastRun = lastRunOf(jobs, before?.lastRun);
  const state = stateOf(observed, lastRun);
  const next = resolution.ok ? nextRunOf(observed, resolution.wanted.behaviour) : undefined;
  const judgements = [judgeResolution(resolution), state.ready, ...suspension(resolution)];
  const status: DeploymentStatus = {
    phase: state.phase,
    conditions: [...toConditions(judgements, before?.conditions, now)],
    ...(lastRun && { lastRun }),
    ...(next && { nextRun: timeText(next) }),
    ...(triggers && Object.keys(triggers).length > 0 && { triggers }),
    ...(metadata.generation !== undefined && { observedGeneration: metadata.generation }),
  };
  return before && isDeepStrictEqual(before, status) ? before : status;
}

interface State {
  readonly phase: NonNullable<DeploymentStatus['phase']>;
  readonly ready: Judgement;
}

function stateOf({ resolution, jobs, workload }: Observed, lastRun: LastRun | undefined): State {
  if (!resolution.ok) {
    const phase = lastRun?.status === 'Running' ? 'Running' : resolution.isFinal ? 'Failed' : 'Pending';
    return { phase, ready: notReady('NotResolved', 'its package and its cell do not go together yet') };
  }
  const { behaviour } = resolution.wanted;
  if (behaviour.kind === 'streaming') return stateOfWorkload(workload, behaviour.replicas);
  switch (lastRun?.status) {
    case 'Running':
      return { phase: 'Running', ready: ready(behaviour) };
    case 'Succeeded':
      return { phase: 'Succeeded', ready: ready(behaviour) };
    case 'Failed': {
      const job = jobs.find(({ metadata }) => metadata.name === lastRun.id);
      return { phase: 'Failed', ready: notReady('RunFailed', failureOf(job) ?? `run ${lastRun.id} has failed`) };
    }
    default:
      return { phase: 'Ready', ready: ready(behaviour) };
  }
}

function stateOfWorkload(workload: ObservedDeployment | undefined, replicas: number): State {
  const {
    availableReplicas = 0,
    updatedReplicas = 0,
    observedGeneration = 0,
    conditions = [],
  } = workload?.status ?? {};
  const isCurrent = workload !== undefined && observedGeneration >= (workload.metadata.generation ?? 0);
  if (isCurrent && Math.min(availableReplicas, updatedReplicas) >= replicas) {
    const message = replicas === 0 ? 'it is to have no copies' : 'every copy of it runs';
    return { phase: replicas === 0 ? 'Ready' : 'Running', ready: isReady('Available', message) };
  }
  const stuck = conditions.find(({ type, status }) => type === 'Progressing' && status === 'False');
  if (!stuck) return { phase: 'Pending', ready: notReady('Progressing', 'not every copy of it runs yet') };
  return { phase: 'Failed', ready: notReady(stuck.reason ?? 'Stuck', stuck.message ?? 'its copies do not come up') };
}

type Batch = Extract<Behaviour, { readonly kind: 'batch' }>;

function ready({ schedule, onChange }: Batch): Judgement {
  if (schedule?.suspend) return isReady('Suspended', 'its schedule is suspended');
  if (schedule) return isReady('Scheduled', 'it runs by its schedule');
  if (onChange) return isReady('WaitsForChange', 'it runs when an input or its version has changed');
  return isReady('WaitsForRequest', 'it runs when it is asked to');
}

function isReady(reason: string, message: string): Judgement {
  return { type: 'Ready', status: 'True', reason, message };
}

function notReady(reason: string, message: string): Judgement {
  return { type: 'Ready', status: 'False', reason, message };
}

function judgeResolution(resolution: Resolution): Judgement {
  const type = 'Resolved';
  if (!resolution.ok) return { type, status: 'False', reason: resolution.reason, message: resolution.message };
  return { type, status: 'True', reason: 'Resolved', message: 'every Store and every key of it was found' };
}

function suspension(resolution: Resolution): readonly Judgement[] {
  const behaviour = resolution.ok ? resolution.wanted.behaviour : undefined;
  if (behaviour?.kind !== 'batch' || !behaviour.schedule) return [];
  const type = 'Suspended';
  return behaviour.schedule.suspend
    ? [{ type, status: 'True', reason: 'AsWritten', message: 'schedule.suspend is set' }]
    : [{ type, status: 'False', reason: 'AsWritten', message: 'its schedule starts runs' }];
}

function nextRunOf({ cronJob, now }: Observed, behaviour: Behaviour): Date | undefined {
  const schedule = behaviour.kind === 'batch' ? behaviour.schedule : undefined;
  if (!schedule || schedule.suspend) return undefined;
  const created = cronJob?.metadata.creationTimestamp;
  const anchor = created === undefined ? undefined : new Date(created);
  return nextRun(schedule.cron, now, { zone: schedule.timezone, anchor });
}
