import { expect, test } from 'vitest';
import { cellApply } from '../../src/commands/cell/apply.ts';
import { secretList, secretSet, secretUnset } from '../../src/commands/cell/secret.ts';
import { storeCheck } from '../../src/commands/store-check.ts';
import { header } from '../cells/gitops-files.ts';
import { gitOps, useEnvironment } from './cell-environment.ts';

const { run, succeed, json, folder } = useEnvironment();
const table = { output: 'table' } as const;
const asJson = { output: 'json' } as const;

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
  expect(near.failure?.next).toEqual(['dk cell secret list --cell local']);
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
