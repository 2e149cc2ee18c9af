import { parseCron } from '../../manifest/grammar/cron.ts';
import { timeZoneFault } from '../../manifest/grammar/time-zone.ts';
import type { Trigger } from '../../manifest/schema/transform.ts';
import { type Finding, finding, type Subject } from '../rule.ts';

const path = ['spec', 'trigger'];

export function* triggerConsistent({ transform }: Subject): Iterable<Finding> {
  const trigger = transform?.value.spec.trigger;
  if (!transform || !trigger) return;
  const { policy = 'manual', schedule, policies } = trigger;
  if (usesSchedule(trigger) && !schedule) {
    yield finding(transform, path, 'runs by a schedule, so it needs schedule.cron');
  }
  if (!usesSchedule(trigger) && schedule) {
    yield finding(transform, [...path, 'schedule'], `is never used: the policy is ${policy}`, { part: 'key' });
  }
  if (policy === 'composite' && (policies ?? []).length === 0) {
    yield finding(transform, path, 'is composite, so it needs policies');
  }
  if (policy !== 'composite' && policies) {
    yield finding(transform, [...path, 'policies'], `are never used: the policy is ${policy}`, { part: 'key' });
  }
}

function usesSchedule({ policy, policies = [] }: Trigger): boolean {
  return policy === 'schedule' || (policy === 'composite' && policies.includes('schedule'));
}

export function* cron({ transform }: Subject): Iterable<Finding> {
  const text = transform?.value.spec.trigger?.schedule?.cron;
  if (!transform || text === undefined) return;
  const result = parseCron(text);
  if (!result.ok) yield finding(transform, [...path, 'schedule', 'cron'], result.why);
}

export function* timeZone({ transform }: Subject): Iterable<Finding> {
  const zone = transform?.value.spec.trigger?.schedule?.timezone;
  const fault = zone === undefined ? undefined : timeZoneFault(zone);
  if (transform && fault !== undefined) yield finding(transform, [...path, 'schedule', 'timezone'], fault);
}
