import type { Package } from '../../manifest/manifest.ts';
import type { Chart, ChartFile } from './chart.ts';
import { formatChartYaml } from './format-chart-yaml.ts';
import { readManifestFiles } from './manifest-files.ts';
import { packageDeploymentTemplate } from './template.ts';
import { valuesSchema } from './values-schema.ts';
import { formatValues } from './values-yaml.ts';

/** What a package does not say of itself. */
export interface Release {
  /** Base version, `-g` and seven digits of the commit, and perhaps `-dirty`. */
  readonly version: string;
  /** The commit, and when it was made. */
  readonly revision?: string;
  readonly created?: Date;
  /** Reference of the image that runs the package; the controller needs one. */
  readonly image?: string;
  /** `localhost:5000/team`: where the package is going to be found. */
  readonly registry?: string;
}

/** A package as a chart, from the text of its files; an invalid Failure where they are too large for one. */
export function makeChart(pkg: Package, release: Release): Chart {
  const { name } = pkg.transform.value.metadata;
  const files: readonly ChartFile[] = [
    { path: 'Chart.yaml', text: formatChartYaml(pkg, release) },
    { path: 'values.yaml', text: formatValues(name, release) },
    { path: 'values.schema.json', text: valuesSchema() },
    { path: 'templates/packagedeployment.yaml', text: packageDeploymentTemplate },
    ...readManifestFiles(pkg.directory).map(({ path, text }) => ({ path, text })),
  ];
  return { name, version: release.version, created: release.created, files: files.toSorted(byPath) };
}

/** By code units: the same order everywhere. */
function byPath(a: ChartFile, b: ChartFile): number {
  return a.path < b.path ? -1 : 1;
}
