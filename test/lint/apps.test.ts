import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appRules } from '../../src/lint/app-rules.ts';
import { lintPath } from '../../src/lint/lint.ts';
import { type Problem, problemText } from '../../src/manifest/problem.ts';
import { temporaryFolder } from './temporary.ts';

const values = (fields: string) =>
  `cell: canary\npackage:\n  name: pg-to-s3\n  registry: localhost:5000/team\n  version: 1.2.4-g29aef01\n${fields}`;
const good = {
  'apps/pg-to-s3-canary/version.txt': '1.2.4-g29aef01\n',
  'apps/pg-to-s3-canary/values.yaml': values('# Optional overrides:\nresources:\nschedule: "0 */6 * * *"\n'),
};
const canary =
  'apiVersion: v1\nkind: Namespace\nmetadata: {name: dk-canary}\n---\napiVersion: datakit.infoblox.dev/v1alpha1\nkind: Cell\nmetadata: {name: canary}\nspec: {namespace: dk-canary}\n';

async function linted(files: Readonly<Record<string, string>>, path = '.'): Promise<readonly Problem[]> {
  const folder = await temporaryFolder({ ...good, ...files });
  return lintPath(join(folder, path), { cwd: folder });
}

test.each([
  '.',
  'apps',
  'apps/pg-to-s3-canary',
])('deployments are found from %s, and good ones are without problems', async (path) => {
  expect(await linted({}, path)).toEqual([]);
});

test('cells and deployments of one repo are checked together', async () => {
  expect(await linted({ 'cells/canary/cell.yaml': canary })).toEqual([]);
  const both = await linted({ 'cells/canary/cell.yaml': canary.replace('{name: canary}', '{name: stable}') });
  expect(both.map(({ rule }) => rule)).toEqual(['cell-folder']);
});

const at = (line: string) => `apps/pg-to-s3-canary/${line}`;
const breaches = [
  {
    rule: 'app-version',
    files: { 'apps/pg-to-s3-canary/version.txt': '1.2.4\n1.2.5\n' },
    says: at('version.txt:1:1 must be one version such as 1.2.4-g29aef01'),
  },
  {
    rule: 'app-version',
    files: { 'apps/pg-to-s3-canary/version.txt': '\n' },
    says: at('version.txt:1:1 is empty'),
  },
  {
    rule: 'app-versions-agree',
    files: { 'apps/pg-to-s3-canary/version.txt': '1.2.5-g0000000\n' },
    says: at('values.yaml:5:12 package.version: is 1.2.4-g29aef01, and version.txt says 1.2.5-g0000000'),
  },
  {
    rule: 'app-package',
    files: { 'apps/pg-to-s3-canary/values.yaml': 'cell: canary\n' },
    says: at('values.yaml:1:1 package: name, registry, version missing'),
  },
  {
    rule: 'app-cell',
    files: { 'apps/pg-to-s3-canary/values.yaml': values('').replace('cell: canary', 'cell: ""') },
    says: at('values.yaml:1:7 cell: is missing: no cell is named'),
  },
  {
    rule: 'app-folder',
    files: { 'apps/pg-to-s3-canary/values.yaml': values('').replace('cell: canary', 'cell: stable') },
    says: at('values.yaml:1:1 the folder of pg-to-s3 in cell stable is pg-to-s3-stable, not pg-to-s3-canary'),
  },
  {
    rule: 'app-schedule',
    files: { 'apps/pg-to-s3-canary/values.yaml': values('schedule: "0 25 * * *"\n') },
    says: at('values.yaml:6:11 schedule: '),
  },
  {
    rule: 'app-schedule',
    files: { 'apps/pg-to-s3-canary/values.yaml': values('schedule: {cron: "@daily", timezone: Europe/Atlantis}\n') },
    says: at('values.yaml:6:38 schedule.timezone: '),
  },
  {
    rule: 'app-timeout',
    files: { 'apps/pg-to-s3-canary/values.yaml': values('timeout: 10 minutes\n') },
    says: at('values.yaml:6:10 timeout: must be a duration such as 90s, 20m or 1h30m'),
  },
  {
    rule: 'app-cell-unknown',
    files: { 'cells/canari/cell.yaml': canary.replaceAll('canary', 'canari') },
    says: at('values.yaml:1:7 warning: cell: there is no cells/canary in this repo; did you mean "canari"?'),
  },
  {
    rule: undefined,
    files: { 'apps/pg-to-s3-canary/values.yaml': values('timeuot: 3m\n') },
    says: at('values.yaml:6:1 timeuot: unknown field; did you mean "timeout"?'),
  },
  {
    rule: undefined,
    files: { 'apps/pg-to-s3-canary/values.yaml': 'cell: [\n' },
    says: at('values.yaml:'),
  },
  {
    rule: undefined,
    files: { 'apps/other-canary/values.yaml': values('').replace('name: pg-to-s3', 'name: other') },
    says: 'apps/other-canary/version.txt:1:1 is missing',
  },
];

test.each(breaches)('$rule: $says', async ({ rule, files, says }) => {
  const problems = await linted(files);
  expect(problems.map((problem) => [problem.rule, problemText(problem)])).toEqual([
    [rule, expect.stringContaining(says)],
  ]);
});

test('every rule about deployments has a breach here', () => {
  const shown = new Set(breaches.flatMap(({ rule }) => rule ?? []));
  expect(appRules.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([]);
});
