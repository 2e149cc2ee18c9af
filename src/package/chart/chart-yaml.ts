import { parse } from 'yaml';
import { Failure } from '../../failure.ts';
import { isMapping } from '../../manifest/mapping.ts';
import type { Chart } from './chart.ts';

/** Chart.yaml as an object; an invalid Failure where a chart has none. */
export function chartYaml(chart: Pick<Chart, 'files'>): Record<string, unknown> {
  const text = chart.files.find(({ path }) => path === 'Chart.yaml')?.text;
  const value: unknown = text === undefined ? undefined : parse(text);
  if (isMapping(value)) return { ...value };
  throw new Failure('invalid', { what: 'The chart has no Chart.yaml' });
}
