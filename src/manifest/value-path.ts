import { isMapping } from './mapping.ts';
import type { Path } from './problem.ts';

/** The value at a path of plain JSON; undefined where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, segment) => {
    if (Array.isArray(inner)) return inner[Number(segment)];
    return isMapping(inner) && Object.hasOwn(inner, segment) ? inner[segment] : undefined;
  }, value);
}

/** A JSON pointer as a path: what stands in a list becomes a number. */
export function pathOf(pointer: string, value: unknown): Path {
  const path: (string | number)[] = [];
  for (const raw of pointer.split('/').slice(1)) {
    const segment = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(valueAt(value, path)) ? Number(segment) : segment);
  }
  return path;
}
