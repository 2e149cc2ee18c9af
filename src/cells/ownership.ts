import type { Cell } from '../manifest/schema/cell.ts';
import type { Store } from '../manifest/schema/store.ts';

const managedBy = 'app.kubernetes.io/managed-by';
const environment = 'datakit.infoblox.dev/environment';

type Labels = Readonly<Record<string, string>>;

/** Labels of everything that the environment of this uuid makes. */
export function ownerLabels(environmentId: string) {
  return { [managedBy]: 'dk', [environment]: environmentId };
}

/** Labels of what is made in the namespace of a cell: dk's, and its environment's where it has one. */
export function labelsWithin(cell: Cell): Labels {
  const owner = isMadeByEnvironment(cell) ? cell.metadata.labels?.[environment] : undefined;
  return { [managedBy]: 'dk', ...(owner !== undefined && { [environment]: owner }) };
}

export function isManagedByDk(labels: Labels): boolean {
  return labels[managedBy] === 'dk';
}

/** Whether `dk dev up` made it, and keeps a database and a bucket for it; of any environment, or of this uuid. */
export function isMadeByEnvironment({ metadata }: Cell | Store, environmentId?: string): boolean {
  const owner = metadata.labels?.[managedBy] === 'dk' ? metadata.labels[environment] : undefined;
  return environmentId === undefined ? owner !== undefined : owner === environmentId;
}

/** A copy that does not claim to be made by an environment, as it is written for other places. */
export function withoutOwner<Resource extends Cell | Store>(resource: Resource): Resource {
  if (!isMadeByEnvironment(resource)) return resource;
  const { [managedBy]: _, [environment]: __, ...labels } = resource.metadata.labels ?? {};
  return withLabels(resource, labels);
}

/** What is applied over a resource does not take it away from the environment that made it. */
export function withOwnerOf<Resource extends Cell | Store>(
  resource: Resource,
  present: Resource | undefined,
): Resource {
  const own = withoutOwner(resource);
  if (!present || !isMadeByEnvironment(present)) return own;
  const labels = present.metadata.labels ?? {};
  const owner = Object.fromEntries([managedBy, environment].map((label) => [label, labels[label] ?? '']));
  return withLabels(own, { ...own.metadata.labels, ...owner });
}

function withLabels<Resource extends Cell | Store>(resource: Resource, labels: Labels): Resource {
  const { labels: _, ...metadata } = resource.metadata;
  return { ...resource, metadata: Object.keys(labels).length === 0 ? metadata : { ...metadata, labels } };
}
