import type { ChartValues } from '../../package/chart/values.ts';
import type { Wish } from './deployments.ts';

/** The values that a chart is rendered with for a deployment; the digest only where it cannot be left behind by hand. */
export function valuesOf({ release, cell, overrides }: Wish, { digest }: { readonly digest: boolean }): ChartValues {
  const { chart, registry } = release;
  return {
    cell,
    package: {
      name: chart.name,
      ...(registry !== undefined && { registry }),
      version: chart.version,
      ...(digest && release.digest !== undefined && { digest: release.digest }),
    },
    ...overrides,
  };
}
