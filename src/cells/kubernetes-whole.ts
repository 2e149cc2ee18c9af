import { isMapping, type Mapping } from '../manifest/mapping.ts';
import type { Cell } from '../manifest/schema/cell.ts';
import type { Store } from '../manifest/schema/store.ts';
import { asApplied, type KubernetesPlace } from './kubernetes-place.ts';
import type { Applied } from './repository.ts';

/**
 * Applies a Cell or Store. In an environment of our own it is then what is applied and nothing more, as a file would be:
 * server-side apply leaves what others have added, which would differ from what is wanted for ever.
 */
export async function applyWhole<Resource extends Cell | Store>(
  { kubernetes, force = false }: KubernetesPlace,
  resource: Omit<Resource, 'status'>,
): Promise<Applied> {
  const outcome = await kubernetes.apply(resource, { force });
  if (!force || outcome === 'created') return outcome;
  const { name, namespace } = resource.metadata;
  const reference = { kind: resource.kind, name, namespace };
  const found = await kubernetes.get<Cell | Store>(reference);
  const surplus = found && surplusOf(asApplied(found), { ...resource });
  if (!surplus) return outcome;
  await kubernetes.merge(reference, surplus);
  return 'changed';
}

/** The JSON merge patch that takes away what is not wanted; undefined where there is nothing of it. */
function surplusOf(found: Mapping, wanted: Mapping): Mapping | undefined {
  const fields = Object.entries(found).flatMap(([field, value]): readonly (readonly [string, unknown])[] => {
    const other = wanted[field];
    if (other === undefined) return [[field, null]];
    const inner = isMapping(value) && isMapping(other) ? surplusOf(value, other) : undefined;
    return inner ? [[field, inner]] : [];
  });
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}
