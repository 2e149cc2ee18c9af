import { isMapping } from './mapping.ts';

/** What an API server writes into `metadata`; no manifest is judged by it. */
const serverSet = new Set([
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'finalizers',
  'generation',
  'managedFields',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
]);
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** The part of a resource that people write: without `status`, server-set metadata and kubectl's own annotation. */
export function withoutServerFields(resource: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { status: _, ...written } = resource;
  return isMapping(written.metadata) ? { ...written, metadata: writtenMetadata(written.metadata) } : written;
}

function writtenMetadata(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.fromEntries(Object.entries(metadata).filter(([field]) => !serverSet.has(field)));
  if (!isMapping(kept.annotations) || !Object.hasOwn(kept.annotations, lastApplied)) return kept;
  const { annotations, ...rest } = kept;
  const { [lastApplied]: _, ...others } = kept.annotations;
  return Object.keys(others).length === 0 ? rest : { ...rest, annotations: others };
}
