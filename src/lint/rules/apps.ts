import { isCellName } from '../../cells/names.ts';
import { parseCron } from '../../manifest/grammar/cron.ts';
import { parseDuration } from '../../manifest/grammar/duration.ts';
import { timeZoneFault } from '../../manifest/grammar/time-zone.ts';
import { isVersion } from '../../manifest/grammar/version.ts';
import { didYouMean } from '../../manifest/near-miss.ts';
import type { AppFolder } from '../app-folders.ts';
import { type Finding, finding } from '../rule.ts';

export interface JudgedApp extends AppFolder {
  /** Names of the cells in the same repo; undefined where it has none. */
  readonly cellsBeside: readonly string[] | undefined;
}

export function* version({ version: said }: JudgedApp): Iterable<Finding> {
  if (!said || isVersion(said.text)) return;
  yield finding(said, [], said.text === '' ? 'is empty' : 'must be one version such as 1.2.4-g29aef01');
}

export function* cell({ values }: JudgedApp): Iterable<Finding> {
  if (!values) return;
  const { cell: name } = values.value;
  if (!name) yield finding(values, ['cell'], 'is missing: no cell is named');
  else if (!isCellName(name)) {
    yield finding(values, ['cell'], 'cannot be the name of a cell: two hyphens in a row, or infra or system');
  }
}

export function* reference({ values }: JudgedApp): Iterable<Finding> {
  if (!values) return;
  const { package: said = {} } = values.value;
  const missing = (['name', 'registry', 'version'] as const).filter((field) => !said[field]);
  if (missing.length > 0) yield finding(values, ['package'], `${missing.join(', ')} missing`, { part: 'key' });
}

export function* versionsAgree({ version: file, values }: JudgedApp): Iterable<Finding> {
  const said = values?.value.package?.version;
  if (!file || !isVersion(file.text) || !values || said === undefined || said === file.text) return;
  yield finding(values, ['package', 'version'], `is ${said}, and version.txt says ${file.text}`);
}

export function* folder({ name, values }: JudgedApp): Iterable<Finding> {
  const { cell: where, package: what } = values?.value ?? {};
  if (!values || !where) return;
  if (what?.name !== undefined && name !== `${what.name}-${where}`) {
    yield finding(values, [], `the folder of ${what.name} in cell ${where} is ${what.name}-${where}, not ${name}`);
  } else if (!name.endsWith(`-${where}`)) {
    yield finding(values, ['cell'], `the folder ${name} is of another cell: its name ends with -<cell>`);
  }
}

export function* schedule({ values }: JudgedApp): Iterable<Finding> {
  if (!values) return;
  const { schedule: said } = values.value;
  const { cron, timezone } = typeof said === 'string' ? { cron: said } : { timezone: undefined, ...said };
  const parsed = cron ? parseCron(cron) : undefined;
  if (parsed && !parsed.ok)
    yield finding(values, typeof said === 'string' ? ['schedule'] : ['schedule', 'cron'], parsed.why);
  const fault = timezone === undefined ? undefined : timeZoneFault(timezone);
  if (fault !== undefined) yield finding(values, ['schedule', 'timezone'], fault);
}

export function* timeout({ values }: JudgedApp): Iterable<Finding> {
  const said = values?.value.timeout;
  if (!values || said === undefined || parseDuration(said) !== undefined) return;
  yield finding(values, ['timeout'], 'must be a duration such as 90s, 20m or 1h30m');
}

export function* cellUnknown({ values, cellsBeside }: JudgedApp): Iterable<Finding> {
  const name = values?.value.cell;
  if (!values || !name || !cellsBeside || cellsBeside.includes(name)) return;
  yield finding(values, ['cell'], `there is no cells/${name} in this repo${didYouMean(name, cellsBeside)}`);
}
