import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cellApply } from '../../src/commands/cell/apply.ts';
import { cellCreate } from '../../src/commands/cell/create.ts';
import { cellDelete } from '../../src/commands/cell/delete.ts';
import { cellExport } from '../../src/commands/cell/export.ts';
import { cellList } from '../../src/commands/cell/list.ts';
import { cellShow } from '../../src/commands/cell/show.ts';
import { cellStores } from '../../src/commands/cell/stores.ts';
import { storeCheck } from '../../src/commands/store-check.ts';
import { gitOps, useEnvironment } from './cell-environment.ts';
import { commandContext } from './command-context.ts';

const { home, run, succeed, json, folder } = useEnvironment();
const table = { output: 'table' } as const;
const asJson = { output: 'json' } as const;

test('cell list shows each cell with its namespace and Stores, as a table and as JSON', async () => {
  const { stdout } = await succeed((context) => cellList(context, table));
  const lines = stdout.split('\n').map((line) => line.split(/ {2,}/));
  expect(lines[0]).toEqual(['NAME', 'NAMESPACE', 'READY', 'STORES', 'PACKAGES', 'AGE']);
  expect(lines[1]?.slice(0, 2)).toEqual(['canary', 'dk-canary']);
  const { kind, cells } = await json((context) => cellList(context, asJson));
  expect(kind).toBe('CellList');
  expect(cells).toContainEqual({
    name: 'local',
    namespace: 'dk-local',
    labels: { tier: 'local' },
    ready: expect.toBeOneOf([true, null]),
    stores: 2,
    packages: 0,
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
});

test('cell show and cell stores show the Stores with the names of keys, never with a value', async () => {
  const secret = JSON.parse(
    await readFile(join(home.state, 'environments/local/secrets/canary/warehouse.json'), 'utf8'),
  );
  const shown = await succeed((context) => cellShow(context, { name: 'cell:canary', ...table }));
  expect(shown.stdout).toMatch(/^cell {7}canary \(environment local\)\nnamespace {2}dk-canary\nlabels {5}tier=dev\n/);
  expect(shown.stdout).toContain('password=${PG_PASS}');
  const stores = await json((context) => cellStores(context, { name: 'canary', ...asJson }));
  expect(stores.stores[1]).toMatchObject({
    name: 'warehouse',
    connector: 'postgres',
    secrets: { password: '${PG_PASS}' },
  });
  expect(shown.stdout + JSON.stringify(stores)).not.toContain(secret.PG_PASS);
});

test('a cell or Store that is not there is not found, with the near miss and the list', async () => {
  const { failure } = await run((context) => cellShow(context, { name: 'canry', ...table }));
  expect(failure).toMatchObject({ kind: 'notFound', message: expect.stringContaining('did you mean "canary"?') });
  expect(failure?.why).toEqual(['It has canary, local']);
  expect(failure?.next).toEqual(['dk cell list']);
  const unlike = await run((context) => cellShow(context, { name: 'brand-new', ...table }));
  expect(unlike.failure?.next).toEqual(['dk dev up --cell brand-new']);
  const check = await run((context) => storeCheck(context, { name: 'warehous', cell: 'canary', ...table }));
  expect(check.failure).toMatchObject({
    kind: 'notFound',
    message: expect.stringContaining('did you mean "warehouse"?'),
    next: ['dk cell stores canary'],
  });
  expect((await run((context) => cellShow(context, { name: 'in--fra', ...table }))).failure?.kind).toBe('usage');
});

test('cell create makes a bare cell once, and says how its Stores come', async () => {
  const made = await succeed((context) => cellCreate(context, { name: 'bare', ...table }));
  expect(made.stdout).toMatch(/bare +Cell +bare +created/);
  expect(made.stderr).toContain('dk dev up --cell bare');
  const again = await run((context) => cellCreate(context, { name: 'bare', ...table }));
  expect(again.failure).toMatchObject({ kind: 'conflict' });
  expect((await run((context) => cellCreate(context, { name: 'infra', ...table }))).failure?.kind).toBe('usage');
});

test('cell create --from takes a GitOps folder over under a new name', async () => {
  const from = await folder('one', gitOps('original'));
  await succeed((context) => cellCreate(context, { name: 'copy', from, ...table }));
  const shown = await json((context) => cellShow(context, { name: 'copy', ...asJson }));
  expect(shown).toMatchObject({ namespace: 'dk-copy', labels: { tier: 'test' }, stores: [{ name: 'archive' }] });
  const both = await folder(
    'both',
    Object.fromEntries(Object.entries(gitOps('a')).concat([['b/cell.yaml', gitOps('b')['cell.yaml']]])),
  );
  const several = await run((context) => cellCreate(context, { name: 'third', from: both, ...table }));
  expect(several.failure).toMatchObject({ kind: 'usage', why: ['They are b, a'] });
});

test('cell apply brings cells to what a folder says, names what it skips, and shows no value', async () => {
  const file = await folder(
    'platform',
    Object.fromEntries(Object.entries(gitOps('applied')).map(([name, text]) => [`cells/applied/${name}`, text])),
  );
  const first = await succeed((context) => cellApply(context, { file, ...table }));
  expect(first.stdout.split('\n').map((line) => line.split(/ {2,}/).join(' '))).toEqual([
    'CELL KIND NAME OUTCOME',
    'applied Cell applied created',
    'applied Secret archive created',
    'applied Store archive created',
    '',
  ]);
  expect(first.stderr).toMatch(/^skipped Deployment web \(platform\/cells\/applied\/web\.yaml\)/);
  const second = await json((context) => cellApply(context, { file, ...asJson }));
  expect(new Set(second.cells[0].resources.map(({ outcome }: { outcome: string }) => outcome))).toEqual(
    new Set(['unchanged']),
  );
  expect(first.stdout + first.stderr + JSON.stringify(second)).not.toContain('very-secret-value');
});

test('cell export prints what cell apply takes, and writes the folder layout', async () => {
  const { stdout, stderr } = await succeed((context) => cellExport(context, { name: 'canary' }));
  expect(stdout).toMatch(/^apiVersion: v1\nkind: Namespace\n/);
  expect(stdout).not.toMatch(/managed-by|status/);
  expect(stderr).toMatch(/^Secrets are not exported; .*warehouse \(PG_DATABASE, PG_HOST, PG_PASS/);
  const file = await folder('exported', { 'canary.yaml': stdout });
  const again = await json((context) => cellApply(context, { file, ...asJson }));
  expect(new Set(again.cells[0].resources.map(({ outcome }: { outcome: string }) => outcome))).toEqual(
    new Set(['unchanged']),
  );
  const written = await succeed((context) => cellExport(context, { name: 'canary', to: 'out/canary' }));
  expect(written.stdout).toBe(
    'out/canary/cell.yaml\nout/canary/stores/lake-raw.yaml\nout/canary/stores/warehouse.yaml\n',
  );
  expect(await readdir(join(home.directory, 'out/canary/stores'))).toEqual(['lake-raw.yaml', 'warehouse.yaml']);
});

test('cell delete asks on a terminal, wants --yes without one, and leaves a cell of dev up to dev down', async () => {
  await succeed((context) => cellCreate(context, { name: 'doomed', ...table }));
  const options = { name: 'doomed', yes: false };
  const silent = await run((context) => cellDelete(context, options));
  expect(silent.failure).toMatchObject({ kind: 'usage', next: [expect.stringContaining('--yes')] });
  const no = await run((context) => cellDelete(context, options), { terminal: true, input: 'n\n' });
  expect(no.failure).toMatchObject({ kind: 'usage', message: 'Nothing was deleted' });
  const yes = await succeed((context) => cellDelete(context, options), { terminal: true, input: 'y\n' });
  expect(yes.stderr).toContain('Cell doomed is deleted');
  expect((await run((context) => cellDelete(context, { ...options, yes: true }))).failure?.kind).toBe('notFound');
  const kept = await run((context) => cellDelete(context, { name: 'canary', yes: true }));
  expect(kept.failure).toMatchObject({ kind: 'refused', next: ['dk dev down --delete --cell canary'] });
});

test('without an environment every command says that one is missing', async () => {
  const { context } = commandContext({ home: join(home.directory, 'empty') });
  await expect(cellList(context, table)).rejects.toMatchObject({ kind: 'prerequisite', next: ['dk dev up'] });
  await expect(cellList(context, { ...table, context: 'eks-prod' })).rejects.toMatchObject({ kind: 'prerequisite' });
});
