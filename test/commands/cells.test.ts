import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cellApply } from '../../src/commands/cell/apply.ts';
import { cellCreate } from '../../src/commands/cell/create.ts';
import { cellDelete } from '../../src/commands/cell/delete.ts';
import { cellExport } from '../../src/commands/cell/export.ts';
import { cellList } from '../../src/commands/cell/list.ts';
import { secretList, secretSet, secretUnset } from '../../src/commands/cell/secret.ts';
import { cellShow } from '../../src/commands/cell/show.ts';
import { cellStores } from '../../src/commands/cell/stores.ts';
import { storeCheck } from '../../src/commands/store-check.ts';
import type { Context } from '../../src/context.ts';
import { type Home, makeHome } from '../helpers/dk.ts';
import { commandContext } from './command-context.ts';

const home: Home = makeHome();
beforeAll(async () => {
  const up = await home.dk(['dev', 'up', '--cell', 'canary']);
  expect(up.stderr).not.toContain('error:');
  expect(up.code).toBe(0);
});
afterAll(() => home.close());

type Given = { readonly input?: string; readonly terminal?: boolean };

/** Runs a command on the environment and gives what it printed, and what it threw. */
async function run(command: (context: Context) => Promise<unknown>, given: Given = {}) {
  const { context, texts } = commandContext({ home: home.directory, ...given });
  const failure = await command(context).then(
    () => undefined,
    (error: unknown) => error as { kind: string; message: string; why: readonly string[]; next: readonly string[] },
  );
  return { ...texts, failure };
}

async function succeed(command: (context: Context) => Promise<unknown>, given: Given = {}) {
  const { failure, ...texts } = await run(command, given);
  if (failure) throw failure;
  return texts;
}

const json = async (command: (context: Context) => Promise<unknown>) => JSON.parse((await succeed(command)).stdout);
const table = { output: 'table' } as const;
const asJson = { output: 'json' } as const;
const header = 'apiVersion: datakit.infoblox.dev/v1alpha1';

async function folder(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(home.directory, name, file, '..'), { recursive: true });
    await writeFile(join(home.directory, name, file), text);
  }
  return name;
}

const gitOps = (cell: string) => ({
  'cell.yaml': `${header}\nkind: Cell\nmetadata: {name: ${cell}}\nspec: {namespace: dk-${cell}, labels: {tier: test}}\n`,
  'stores/archive.yaml': `${header}\nkind: Store\nmetadata: {name: archive}\nspec:\n  connector: kafka\n  connection: {brokers: "b:9092"}\n  secrets: {password: "\${KAFKA_PASS}"}\n`,
  'secret.yaml':
    'apiVersion: v1\nkind: Secret\nmetadata: {name: archive}\nstringData: {KAFKA_PASS: very-secret-value}\n',
  'web.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n',
});

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
  const check = await run((context) => storeCheck(context, { name: 'warehous', cell: 'canary', ...table }));
  expect(check.failure).toMatchObject({
    kind: 'notFound',
    message: expect.stringContaining('did you mean "warehouse"?'),
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

test('a secret is set from stdin or a prompt, listed by its key, and unset', async () => {
  const place = { store: 'cell-secrets', key: 'TOKEN', excess: [] };
  const set = await succeed((context) => secretSet(context, place), { input: 'tell-nobody\n' });
  expect(set.stderr).toBe('TOKEN of cell-secrets in cell local: created\n');
  const typed = await succeed((context) => secretSet(context, place), { terminal: true, input: 'another-one\n' });
  expect(typed.stderr).toContain('changed');
  expect(set.stderr + typed.stderr + typed.stdout).not.toMatch(/tell-nobody|another-one/);
  const listed = await json((context) => secretList(context, { ...asJson }));
  expect(listed.secrets).toContainEqual({ secret: 'cell-secrets', keys: ['TOKEN'] });
  const near = await run((context) => secretUnset(context, { ...place, key: 'TOKN' }));
  expect(near.failure).toMatchObject({ kind: 'notFound', message: expect.stringContaining('did you mean "TOKEN"?') });
  await succeed((context) => secretUnset(context, place));
  expect((await run((context) => secretUnset(context, place))).failure?.kind).toBe('notFound');
});

test('a secret that the Store does not use is set, and said to be unused', async () => {
  const place = { store: 'warehouse', key: 'PG_PAS', cell: 'canary', excess: [] };
  const { stderr } = await succeed((context) => secretSet(context, place), { input: 'x' });
  expect(stderr).toMatch(/Store warehouse does not use it; it uses .*PG_PASS/);
  await succeed((context) => secretUnset(context, place));
});

test.each([
  ['a third argument', { key: 'PG_PASS', excess: ['hunter2'] }],
  ['KEY=value', { key: 'PG_PASS=hunter2', excess: [] }],
])('a value given as %s is refused and not repeated', async (_, given) => {
  const { failure, stdout, stderr } = await run((context) => secretSet(context, { store: 'warehouse', ...given }));
  expect(failure).toMatchObject({ kind: 'usage', message: 'A value never stands on the command line' });
  expect(JSON.stringify(failure) + stdout + stderr).not.toContain('hunter2');
});

test('a secret is not set empty, nor for a Store or cell that is not there', async () => {
  const place = { store: 'warehouse', key: 'A', excess: [] };
  expect((await run((context) => secretSet(context, place), { input: '\n' })).failure?.kind).toBe('usage');
  expect((await run((context) => secretSet(context, { ...place, store: 'lake' }), { input: 'x' })).failure?.kind).toBe(
    'notFound',
  );
  expect((await run((context) => secretSet(context, { ...place, cell: 'none' }), { input: 'x' })).failure?.kind).toBe(
    'notFound',
  );
});

test('store check says OK with how long it took, for postgres and s3', async () => {
  const postgres = await succeed((context) => storeCheck(context, { name: 'warehouse', cell: 'canary', ...table }));
  expect(postgres.stdout).toMatch(/^OK {2}postgres warehouse of cell canary: version 17\S*, [\d.]+ ms\n$/);
  const s3 = await json((context) => storeCheck(context, { name: 'lake-raw', ...asJson }));
  expect(s3).toMatchObject({ kind: 'StoreCheck', cell: 'local', store: 'lake-raw', connector: 's3', ok: true });
});

test('store check says at which stage a Store fails, and which secret is missing', async () => {
  const store = (name: string, connection: string, secrets: string, connector = 'postgres') =>
    `${header}\nkind: Store\nmetadata: {name: ${name}}\nspec: {connector: ${connector}, connection: ${connection}, secrets: ${secrets}}\n`;
  const file = await folder('broken', {
    'cell.yaml': gitOps('broken')['cell.yaml'],
    'port.yaml': store('port', '{connection_string: "postgresql://127.0.0.1:1/x"}', '{}'),
    'name.yaml': store(
      'name',
      '{endpoint: "http://no-such-host.invalid", bucket: b}',
      '{access_key_id: "${A}", secret_access_key: "${A}"}',
      's3',
    ),
    'url.yaml': store('url', '{connection_string: "no url"}', '{}'),
    'bucket.yaml': store('bucket', '{endpoint: "http://127.0.0.1:1"}', '{}', 's3'),
    'secret.yaml': store('secret', '{host: x}', '{password: "${NOWHERE}"}'),
    'other.yaml': store('other', '{brokers: x}', '{}', 'kafka'),
    'shared.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: cell-secrets}\nstringData: {A: some-secret-key}\n',
  });
  await succeed((context) => cellApply(context, { file, ...table }));
  const check = (name: string) => run((context) => storeCheck(context, { name, cell: 'broken', ...asJson }));
  for (const [name, stage] of [
    ['port', 'port'],
    ['name', 'name'],
    ['url', 'address'],
    ['bucket', 'address'],
  ] as const) {
    const { failure, stdout } = await check(name);
    expect(failure).toMatchObject({
      kind: 'unhealthy',
      message: `Store ${name} of cell broken cannot be used (${stage})`,
    });
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, stage });
  }
  const secret = await check('secret');
  expect(secret.failure).toMatchObject({
    kind: 'notFound',
    next: [expect.stringContaining('dk cell secret set secret')],
  });
  expect(secret.failure?.why[0]).toMatch(/\$\{NOWHERE\} is not in Secret secret .* nor in Secret cell-secrets/);
  const other = await check('other');
  expect(other.failure).toMatchObject({ kind: 'usage', why: ['dk connects to postgres and s3, not to kafka'] });
  expect(JSON.parse(other.stdout)).toMatchObject({ ok: null });
});

test('without an environment every command says that one is missing', async () => {
  const { context } = commandContext({ home: join(home.directory, 'empty') });
  await expect(cellList(context, table)).rejects.toMatchObject({ kind: 'prerequisite', next: ['dk dev up'] });
  await expect(cellList(context, { ...table, context: 'eks-prod' })).rejects.toMatchObject({ kind: 'prerequisite' });
});
