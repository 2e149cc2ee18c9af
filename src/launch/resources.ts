import type { Resources } from '../manifest/schema/workload.ts';

type Amounts = Readonly<Record<string, string>>;

/** Amounts by Kubernetes' names; the flat fields are requests and limits at once. */
export function podResources(resources: Resources = {}): { readonly requests: Amounts; readonly limits: Amounts } {
  const { requests, limits, cpu, memory, ephemeralStorage } = resources;
  const flat = { cpu, memory, 'ephemeral-storage': ephemeralStorage };
  const both = Object.fromEntries(Object.entries(flat).flatMap(([name, value]) => (value ? [[name, value]] : [])));
  return { requests: { ...both, ...requests }, limits: { ...both, ...limits } };
}
