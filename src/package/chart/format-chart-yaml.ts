import { stringify } from 'yaml';
import type { Package } from '../../manifest/manifest.ts';
import type { Port } from '../../manifest/schema/transform.ts';
import { datasetsOf } from '../datasets-of-port.ts';
import { chartAnnotations } from './annotations.ts';
import type { Release } from './make-chart.ts';

/** The text of a package's Chart.yaml. */
export function formatChartYaml(pkg: Package, release: Release): string {
  const { metadata } = pkg.transform.value;
  const chart = {
    apiVersion: 'v2',
    type: 'application',
    name: metadata.name,
    version: release.version,
    ...(metadata.version !== undefined && { appVersion: metadata.version }),
    description: descriptionOf(pkg),
    annotations: annotationsOf(pkg, release),
  };
  // Helm reads YAML 1.1: what would not be a string there is quoted.
  return stringify(chart, { lineWidth: 0, compat: 'yaml-1.1' });
}

function descriptionOf({ transform, ...pkg }: Package): string {
  const { metadata, spec } = transform.value;
  const said = metadata.annotations?.['description'] ?? spec.description;
  return said ?? `Reads ${namesOf(pkg, spec.inputs).join(', ')}; writes ${namesOf(pkg, spec.outputs).join(', ')}`;
}

function annotationsOf({ transform, ...pkg }: Package, release: Release): Readonly<Record<string, string>> {
  const { runtime, mode = 'batch', inputs, outputs, trigger } = transform.value.spec;
  return {
    [chartAnnotations.runtime]: runtime,
    [chartAnnotations.mode]: mode,
    [chartAnnotations.inputs]: namesOf(pkg, inputs).join(','),
    [chartAnnotations.outputs]: namesOf(pkg, outputs).join(','),
    ...(trigger?.schedule && { [chartAnnotations.schedule]: JSON.stringify(trigger.schedule) }),
    ...(release.created && { [chartAnnotations.created]: release.created.toISOString().replace(/\.\d+Z$/, 'Z') }),
    ...(release.revision !== undefined && { [chartAnnotations.revision]: release.revision }),
  };
}

function namesOf(pkg: Pick<Package, 'datasets' | 'groups'>, ports: readonly Port[]): readonly string[] {
  const names = ports.flatMap((port) => {
    const found = datasetsOf(pkg, port).map(({ value }) => value.metadata.name);
    return found.length > 0 ? found : (port.dataset ?? []);
  });
  return [...new Set(names)];
}
