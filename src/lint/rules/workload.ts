import { parseDuration } from '../../manifest/grammar/duration.ts';
import { parseQuantity } from '../../manifest/grammar/quantity.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import { didYouMean } from '../../manifest/near-miss.ts';
import type { Path } from '../../manifest/problem.ts';
import { entryPoints } from '../facts.ts';
import { type Finding, finding, type Subject } from '../rule.ts';

export function* timeout({ transform }: Subject): Iterable<Finding> {
  const text = transform?.value.spec.timeout;
  if (!transform || text === undefined || (parseDuration(text) ?? 0) > 0) return;
  yield finding(transform, ['spec', 'timeout'], 'must be a duration above zero, such as 90s, 20m or 1h30m');
}

const amounts = ['cpu', 'memory', 'ephemeral-storage'];

export function* quantities({ transform }: Subject): Iterable<Finding> {
  if (!transform) return;
  const { requests = {}, limits = {}, ...flat } = transform.value.spec.resources ?? {};
  const path = ['spec', 'resources'];
  for (const [group, entries] of Object.entries({ requests, limits })) {
    for (const name of Object.keys(entries).filter((entry) => !amounts.includes(entry))) {
      const message = `is none of ${amounts.join(', ')}${didYouMean(name, amounts)}`;
      yield finding(transform, [...path, group, name], message, { part: 'key' });
    }
    yield* notQuantities(transform, [...path, group], entries);
  }
  yield* notQuantities(transform, path, flat);
}

function* notQuantities(transform: Manifest<'Transform'>, path: Path, entries: Readonly<Record<string, string>>) {
  for (const [name, quantity] of Object.entries(entries)) {
    if ((parseQuantity(quantity) ?? -1) >= 0) continue;
    yield finding(transform, [...path, name], 'must be a Kubernetes quantity, such as 200m or 512Mi');
  }
}

export function* requestsWithinLimits({ transform }: Subject): Iterable<Finding> {
  const { requests = {}, limits = {} } = transform?.value.spec.resources ?? {};
  for (const [name, request] of Object.entries(requests)) {
    const limit = limits[name];
    if (!transform || limit === undefined || !((parseQuantity(request) ?? 0) > (parseQuantity(limit) ?? Infinity)))
      continue;
    yield finding(transform, ['spec', 'resources', 'requests', name], `is more than the limit of ${limit}`);
  }
}

export function* variableSource({ transform }: Subject): Iterable<Finding> {
  for (const [index, { value, valueFrom }] of (transform?.value.spec.env ?? []).entries()) {
    if (!transform) return;
    const path = ['spec', 'env', index];
    const sources = Object.keys(valueFrom ?? {}).length;
    if (value !== undefined && valueFrom) yield finding(transform, path, 'has both value and valueFrom');
    if (value === undefined && !valueFrom) yield finding(transform, path, 'has neither value nor valueFrom');
    if (valueFrom && sources !== 1) {
      yield finding(transform, [...path, 'valueFrom'], 'needs one of secretKeyRef and configMapKeyRef');
    }
  }
}

export function* variableNames({ transform }: Subject): Iterable<Finding> {
  const seen = new Set<string>();
  for (const [index, { name }] of (transform?.value.spec.env ?? []).entries()) {
    if (!transform) return;
    const path = ['spec', 'env', index, 'name'];
    if (name.startsWith('DK_')) yield finding(transform, path, 'names that begin with DK_ belong to dk');
    if (seen.has(name)) yield finding(transform, path, 'this variable stands here twice');
    seen.add(name);
  }
}

export function* entryPoint({ transform, facts }: Subject): Iterable<Finding> {
  if (!transform || !facts) return;
  const { runtime, image, command } = transform.value.spec;
  const candidates = entryPoints[runtime];
  if (image !== undefined || command !== undefined || candidates.some((path) => facts.existing.has(path))) return;
  const message =
    candidates.length === 0 ? `${runtime} has no entry point of its own` : `there is no ${candidates.join(', no ')}`;
  yield finding(transform, ['spec', 'runtime'], `${message}; give one, or a command, or an image`);
}
