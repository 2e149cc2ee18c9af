import type { ObservedJob, WatchedDeployment } from './observed.ts';

export type LastRun = NonNullable<NonNullable<WatchedDeployment['status']>['lastRun']>;

/** Whether a Job has come to its end, and to which. */
export function outcomeOf({ status = {} }: ObservedJob): 'Running' | 'Succeeded' | 'Failed' {
  const holds = (type: string) => status.conditions?.some((each) => each.type === type && each.status === 'True');
  if (holds('Complete')) return 'Succeeded';
  return holds('Failed') ? 'Failed' : 'Running';
}

/** Newest first; of two of the same second, by name. */
export function newestFirst(jobs: readonly ObservedJob[]): readonly ObservedJob[] {
  const order = ({ metadata }: ObservedJob) => `${metadata.creationTimestamp} ${metadata.name}`;
  return jobs.toSorted((a, b) => (order(a) < order(b) ? 1 : -1));
}

/** The newest run, also where its Job is no longer there. */
export function lastRunOf(jobs: readonly ObservedJob[], known: LastRun | undefined): LastRun | undefined {
  const [newest] = newestFirst(jobs);
  const isKnownThere = jobs.some(({ metadata }) => metadata.name === known?.id);
  if (known && !isKnownThere && !isLater(newest, known)) {
    return known.status === 'Running' ? { ...known, status: 'Stopped' } : known;
  }
  return newest && runOf(newest);
}

function isLater(job: ObservedJob | undefined, { startTime = '' }: LastRun): boolean {
  return (job?.metadata.creationTimestamp ?? '') > startTime;
}

/** A Job starts when it is made; when Kubernetes begins to look at it is known only later, and would be told once more. */
function runOf(job: ObservedJob): LastRun {
  const { name, creationTimestamp } = job.metadata;
  const completionTime = endOf(job);
  return {
    id: name,
    ...(creationTimestamp !== undefined && { startTime: creationTimestamp }),
    ...(completionTime !== undefined && { completionTime }),
    status: outcomeOf(job),
  };
}

/** Only a Job that has succeeded has a completionTime. */
function endOf({ status = {} }: ObservedJob): string | undefined {
  const failed = status.conditions?.find(({ type, status: holds }) => type === 'Failed' && holds === 'True');
  return status.completionTime ?? failed?.lastTransitionTime;
}

/** Why a Job has failed, as Kubernetes says it. */
export function failureOf(job: ObservedJob | undefined): string | undefined {
  const failed = job?.status?.conditions?.find(({ type, status }) => type === 'Failed' && status === 'True');
  return failed && [failed.reason, failed.message].filter(Boolean).join(': ');
}
