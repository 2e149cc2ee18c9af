import { isMapping } from './mapping.ts';
import type { Path } from './problem.ts';

/** A copy of a plain JSON value without the fields at these paths; items of lists stay, so that every other path still fits. */
export function withoutPaths(value: unknown, paths: readonly Path[]): unknown {
  return paths.reduce<unknown>(withoutPath, value);
}

function withoutPath(value: unknown, path: Path): unknown {
  const [segment, ...rest] = path;
  if (segment === undefined) return value;
  if (Array.isArray(value)) {
    return rest.length === 0 ? value : value.map((item, index) => (index === segment ? withoutPath(item, rest) : item));
  }
  if (!isMapping(value) || !Object.hasOwn(value, segment)) return value;
  const { [segment]: inner, ...others } = value;
  return rest.length === 0 ? others : { ...others, [segment]: withoutPath(inner, rest) };
}
