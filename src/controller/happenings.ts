import type { DeploymentStatus } from './deployment-status.ts';
import type { Happening } from './events.ts';

/** What a change of a deployment's status is worth telling of. */
export function happenings(before: DeploymentStatus | undefined, after: DeploymentStatus): readonly Happening[] {
  return [...ofResolution(before, after), ...ofRun(before, after)];
}

function ofResolution(before: DeploymentStatus | undefined, after: DeploymentStatus): readonly Happening[] {
  const find = (status: DeploymentStatus | undefined) => status?.conditions?.find(({ type }) => type === 'Resolved');
  const [old, now] = [find(before), find(after)];
  if (!now || (old?.status === now.status && old.message === now.message)) return [];
  if (now.status === 'False') return [{ type: 'Warning', reason: now.reason, message: now.message }];
  // That all is well from the beginning is no news.
  return old ? [{ type: 'Normal', reason: now.reason, message: now.message }] : [];
}

function ofRun(
  { lastRun: old }: DeploymentStatus = {},
  { lastRun, conditions = [] }: DeploymentStatus,
): readonly Happening[] {
  if (!lastRun || (lastRun.id === old?.id && lastRun.status === old.status)) return [];
  const { id, status } = lastRun;
  const why = conditions.find(({ type, reason }) => type === 'Ready' && reason === 'RunFailed')?.message;
  switch (status) {
    case 'Running':
      return [{ type: 'Normal', reason: 'RunStarted', message: `run ${id} has started` }];
    case 'Failed':
      return [{ type: 'Warning', reason: 'RunFailed', message: `run ${id} has failed${why ? `: ${why}` : ''}` }];
    default:
      return [{ type: 'Normal', reason: `Run${status}`, message: `run ${id}: ${status}` }];
  }
}
