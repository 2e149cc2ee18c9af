import { Failure } from '../../failure.ts';
import { isMapping, type Mapping } from '../../manifest/mapping.ts';
import { pathText } from '../../manifest/problem.ts';
import { validate } from '../../manifest/validate.ts';
import type { Chart } from './chart.ts';
import { chartValues } from './chart-yaml.ts';
import { missing } from './template.ts';
import { type ChartValues, NormalValues, type PartialSchedule } from './values.ts';

/** A deployment's values above the chart's own, as Helm lays them; an invalid Failure with everything that is wrong. */
export function readValues(chart: Chart, values: ChartValues): NormalValues {
  const merged = overlaid(chartValues(chart), { ...values, schedule: normalSchedule(values.schedule) });
  const problems = [...problemsOf(merged), ...strangers(chart, merged['package'])];
  if (problems.length > 0 || !isValid(merged)) throw refusedValues(chart, problems);
  return merged;
}

/** The Failure of values that a chart cannot be rendered with. */
export function refusedValues({ name, version }: Chart, why: readonly string[]): Failure {
  return new Failure('invalid', { what: `The values do not fit the chart ${name} ${version}`, why });
}

/** Null removes what the chart says, and an undefined value is none. */
function overlaid(own: Mapping, said: Mapping): Mapping {
  const changes = Object.entries(said).filter(([, value]) => value !== undefined);
  const merged = changes.map(([name, value]): [string, unknown] => {
    const below = own[name];
    return [name, isMapping(below) && isMapping(value) ? overlaid(below, value) : value];
  });
  const entries = Object.entries({ ...own, ...Object.fromEntries(merged) });
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

function normalSchedule(schedule: ChartValues['schedule']): PartialSchedule | undefined {
  if (typeof schedule !== 'string') return schedule;
  return schedule === '' ? undefined : { cron: schedule };
}

function problemsOf(merged: Mapping): readonly string[] {
  if (!merged['cell']) return [missing.cell];
  return validate(NormalValues, merged).map(({ path, message }) => `${pathText(path)}: ${message}`);
}

function isValid(merged: Mapping): merged is NormalValues & Mapping {
  return validate(NormalValues, merged).length === 0;
}

/** Whoever chooses the chart by these two fields has chosen another one. */
function strangers({ name, version }: Chart, reference: unknown): readonly string[] {
  const said = isMapping(reference) ? reference : {};
  return Object.entries({ name, version })
    .filter(([field, own]) => said[field] && said[field] !== own)
    .map(([field, own]) => `package.${field} is ${said[field]} in the values, and ${own} in the chart`);
}
