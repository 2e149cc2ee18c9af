import { Failure } from '../../failure.ts';
import { isMapping, type Mapping } from '../../manifest/mapping.ts';
import { readYaml } from '../../manifest/read-yaml.ts';
import type { Chart } from './chart.ts';

type Files = Pick<Chart, 'files'>;

/** Chart.yaml as an object; an invalid Failure where a chart has none. */
export function chartYaml(chart: Files): Record<string, unknown> {
  const value = yamlOf(chart, 'Chart.yaml');
  if (value) return { ...value };
  throw new Failure('invalid', { what: 'The chart has no Chart.yaml' });
}

/** values.yaml as an object: what a deployment need not say. */
export function chartValues(chart: Files): Mapping {
  return yamlOf(chart, 'values.yaml') ?? {};
}

/** Undefined for a file that is missing or empty; charts come from registries, so it may also be anything else. */
function yamlOf({ files }: Files, name: string): Mapping | undefined {
  const [document] = readYaml(files.find(({ path }) => path === name)?.text ?? '', name);
  if (document === undefined) return undefined;
  if (document.ok && isMapping(document.value)) return document.value;
  throw new Failure('invalid', { what: `The ${name} of the chart cannot be read` });
}
