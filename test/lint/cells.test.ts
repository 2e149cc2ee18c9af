import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cellRules, cellsRules } from '../../src/lint/cell-rules.ts';
import { lintPath } from '../../src/lint/lint.ts';
import type { Problem } from '../../src/manifest/problem.ts';
import { problemText } from '../../src/manifest/problem.ts';
import { temporaryFolder } from './temporary.ts';

const apiVersion = 'apiVersion: datakit.infoblox.dev/v1alpha1\n';
const namespace = (name: string) => `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n---\n`;
const cell = (name: string, own = `dk-${name}`) =>
  `${apiVersion}kind: Cell\nmetadata:\n  name: ${name}\nspec:\n  namespace: ${own}\n`;
const store = (metadata: string, password = '${PG_PASS}') =>
  `${apiVersion}kind: Store\nmetadata: ${metadata}\nspec:\n  connector: postgres\n  connection: { host: db }\n  secrets:\n    password: ${password}\n`;

const good = {
  'cells/canary/cell.yaml': namespace('dk-canary') + cell('canary'),
  'cells/canary/stores/warehouse.yaml': store('{ name: warehouse, namespace: dk-canary }'),
  'cells/stable/cell.yaml': namespace('dk-stable') + cell('stable'),
};

async function linted(files: Readonly<Record<string, string>>, path = '.'): Promise<readonly Problem[]> {
  const folder = await temporaryFolder({ ...good, ...files });
  return lintPath(join(folder, path), { cwd: folder });
}

test.each([
  '.',
  'cells',
  'cells/canary',
])('cells are found from %s, and good ones are without problems', async (path) => {
  expect(await linted({}, path)).toEqual([]);
});

test('a Cell in a namespace of another name is as good', async () => {
  const own = { 'cells/canary/cell.yaml': namespace('data') + cell('canary', 'data') };
  const stores = { 'cells/canary/stores/warehouse.yaml': store('{ name: warehouse, namespace: data }') };
  expect(await linted({ ...own, ...stores })).toEqual([]);
});

const breaches = [
  {
    rule: 'cell-name',
    files: { 'cells/infra/cell.yaml': namespace('dk-infra') + cell('infra') },
    says: 'cells/infra/cell.yaml:9:9 metadata.name: must have at most 40 characters, no two hyphens in a row, and not be infra or system',
  },
  {
    rule: 'cell-folder',
    files: { 'cells/stable/cell.yaml': namespace('dk-east') + cell('east') },
    says: 'cells/stable/cell.yaml:9:9 metadata.name: must be the name of its folder, "stable"',
  },
  {
    rule: 'cell-namespace',
    files: { 'cells/stable/cell.yaml': namespace('stable') + cell('stable') },
    says: 'cells/stable/cell.yaml:1:1 metadata.name: the Cell names the namespace "dk-stable", this is "stable"',
  },
  {
    rule: 'cell-namespace-missing',
    files: { 'cells/stable/cell.yaml': cell('stable') },
    says: 'cells/stable/cell.yaml:6:14 warning: spec.namespace: no Namespace "dk-stable" stands before the Cell, so kubectl apply needs the controller',
  },
  {
    rule: 'store-namespace',
    files: { 'cells/canary/stores/warehouse.yaml': store('{ name: warehouse }') },
    says: 'cells/canary/stores/warehouse.yaml:3:11 metadata.namespace: is missing; say "dk-canary"',
  },
  {
    rule: 'store-namespace',
    files: { 'cells/canary/stores/warehouse.yaml': store('{ name: warehouse, namespace: dk-stable }') },
    says: 'cells/canary/stores/warehouse.yaml:3:41 metadata.namespace: must be the cell\'s namespace, "dk-canary"',
  },
  {
    rule: 'committed-secret',
    files: { 'cells/stable/secret.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: { name: x }\n' },
    says: 'cells/stable/secret.yaml:1:1 warning: kind: a Secret in a repository is no secret; set its values with dk cell secret set',
  },
  {
    rule: 'cell-namespace-shared',
    files: { 'cells/stable/cell.yaml': namespace('dk-canary') + cell('stable', 'dk-canary') },
    says: 'cells/stable/cell.yaml:11:14 spec.namespace: is the namespace of cell "canary" already',
  },
  {
    rule: 'secret-reference',
    files: { 'cells/canary/stores/warehouse.yaml': store('{ name: warehouse, namespace: dk-canary }', 'hunter2') },
    says: 'cells/canary/stores/warehouse.yaml:8:15 spec.secrets.password: must be a ${KEY} and nothing else, such as ${PG_PASS}',
  },
  {
    rule: undefined,
    files: { 'cells/canary/stores/again.yaml': store('{ name: warehouse, namespace: dk-canary }') },
    says: 'cells/canary/stores/warehouse.yaml:3:19 metadata.name: another Store is named "warehouse", at cells/canary/stores/again.yaml:3:19',
  },
  {
    rule: undefined,
    files: { 'cells/east/stores/x.yaml': store('{ name: x, namespace: dk-east }') },
    says: 'cells/east/cell.yaml:1:1 there is no Cell: the folder of a cell begins with a cell.yaml that holds one',
  },
];

test.each(breaches)('$rule: $says', async ({ rule, files, says }) => {
  const problems = await linted(files);
  expect(problems.map(problemText)).toEqual([says]);
  expect(problems[0]?.rule).toBe(rule);
});

test('every rule about cells is broken by one of these tests', () => {
  const broken = breaches.map(({ rule }) => rule);
  expect([...cellRules, ...cellsRules].filter(({ id }) => !broken.includes(id))).toEqual([]);
});

test("a connector that only packages bring is none of a cell's business", async () => {
  const kafka = `${apiVersion}kind: Store\nmetadata: { name: bus, namespace: dk-canary }\nspec: { connector: kafka, connection: { brokers: b } }\n`;
  expect(
    await linted({
      'cells/canary/stores/bus.yaml': kafka,
      'cells/canary/config.yaml': 'apiVersion: v1\nkind: ConfigMap\n',
    }),
  ).toEqual([]);
});

test('a broken cell.yaml is not said to be missing', async () => {
  const problems = await linted({ 'cells/stable/cell.yaml': cell('stable').replace('namespace', 'namspace') });
  expect(problems.map(problemText)).toEqual([
    'cells/stable/cell.yaml:6:3 spec.namspace: unknown field; did you mean "namespace"?',
  ]);
});
