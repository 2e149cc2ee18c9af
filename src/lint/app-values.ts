import type { Source } from '../manifest/manifest.ts';
import { isMapping, type Mapping } from '../manifest/mapping.ts';
import type { Problem } from '../manifest/problem.ts';
import { problemAt } from '../manifest/problem-at.ts';
import { readYaml } from '../manifest/read-yaml.ts';
import { withoutPaths } from '../manifest/salvage.ts';
import { type Finding, validate } from '../manifest/validate.ts';
import { type ChartValues, NormalValues } from '../package/chart/values.ts';

/** What values.yaml says. */
export interface AppValues {
  /** Every key, those without a value too. */
  readonly written: Mapping;
  /** Without keys that have no value, or a faulty one. */
  readonly value: Partial<ChartValues>;
  readonly source: Source;
}

/** Reads the text of a values.yaml; `whole` is where problems of all of it are. */
export function readAppValues(
  text: string,
  whole: Source,
): { readonly values: AppValues | undefined; readonly problems: readonly Problem[] } {
  const [document, more] = readYaml(text, whole.file);
  if (!document) return { values: undefined, problems: [problemAt(whole, [], 'is empty; it begins with a cell')] };
  if (!document.ok) return { values: undefined, problems: document.problems };
  const { value: written, source } = document;
  if (more || !isMapping(written)) {
    return {
      values: undefined,
      problems: [problemAt(source, [], 'must be one mapping, as the values of a chart are')],
    };
  }
  const said = withoutNulls(written);
  const errors = faultsOfValues(said);
  const value = withoutPaths(
    said,
    errors.map(({ path }) => path),
  );
  return {
    // What is left of them has just been found to be values of a chart.
    values: { written, value: value as Partial<ChartValues>, source },
    problems: errors.map(({ path, part, message }) => problemAt(source, path, message, { part })),
  };
}

/** A key whose values are all commented out says nothing. */
function withoutNulls(values: Mapping): Mapping {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

/** What a package's chart refuses in the values of a deployment; a missing cell is not among it. */
export function faultsOfValues(values: Mapping): readonly Finding[] {
  const { schedule, ...rest } = withoutNulls(values);
  const normal = typeof schedule === 'string' ? { cron: schedule } : schedule;
  return validate(NormalValues, { cell: '', ...rest, ...(normal !== undefined && { schedule: normal }) });
}
