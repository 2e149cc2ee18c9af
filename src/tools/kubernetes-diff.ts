import { isDeepStrictEqual } from 'node:util';
import { isMapping, type Mapping } from '../manifest/mapping.ts';

/** Set by the server on every write, whatever was written. */
const bookkeeping = ['managedFields', 'resourceVersion', 'generation'];

/** Paths such as `spec.replicas` at which two states of one object differ; never a value. */
export function differingPaths(before: object, after: object): readonly string[] {
  return differences(content(before), content(after), []).map((path) => path.join('.'));
}

function content(object: object): Mapping {
  const { metadata, ...rest }: Mapping = { ...object };
  if (!isMapping(metadata)) return rest;
  return {
    ...rest,
    metadata: Object.fromEntries(Object.entries(metadata).filter(([field]) => !bookkeeping.includes(field))),
  };
}

function differences(one: unknown, other: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (!isMapping(one) || !isMapping(other)) return isDeepStrictEqual(one, other) ? [] : [path];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].flatMap((key) => differences(one[key], other[key], [...path, key]));
}
