import type { Cell } from '../manifest/schema/cell.ts';

/** The Namespace that a cell owns, for kubectl; it carries the cell's own labels. */
export function namespaceFor({ metadata, spec }: Cell) {
  const labels = metadata.labels ? { labels: metadata.labels } : {};
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: spec.namespace, ...labels } };
}

export function configMapFor(namespace: string, name: string, values: Readonly<Record<string, string>>) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: values };
}
