import { parseQuantity } from '../manifest/grammar/quantity.ts';
import { isMapping } from '../manifest/mapping.ts';
import type { KubernetesObject } from '../tools/kubernetes.ts';
import { appliedAnnotation } from './labels.ts';

/** Whether an object is as it was applied last, and nobody has changed any of that; what others have added is theirs. */
export function isAsApplied(wanted: KubernetesObject, found: KubernetesObject | undefined): boolean {
  const digestOf = ({ metadata }: KubernetesObject) => metadata.annotations?.[appliedAnnotation];
  return found !== undefined && digestOf(wanted) === digestOf(found) && holds(found, wanted);
}

function holds(found: unknown, wanted: unknown): boolean {
  // The server leaves out what is empty.
  if (found === undefined) return isEmpty(wanted);
  if (Array.isArray(wanted)) {
    return Array.isArray(found) && wanted.every((item) => found.some((other) => holds(other, item)));
  }
  if (!isMapping(wanted)) return found === wanted || isSameQuantity(found, wanted);
  return isMapping(found) && Object.entries(wanted).every(([key, value]) => holds(found[key], value));
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every(isEmpty);
}

/** The server writes 0.5 as 500m. */
function isSameQuantity(one: unknown, other: unknown): boolean {
  if (typeof one !== 'string' || typeof other !== 'string') return false;
  const amount = parseQuantity(one);
  return amount !== undefined && amount === parseQuantity(other);
}
