import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readBundles } from '../../src/cells/read-bundles.ts';
import { cellYaml, header, storeYaml, writeFiles } from './gitops-files.ts';
import { openTemporary } from './temporary.ts';

let at: Awaited<ReturnType<typeof openTemporary>>;
beforeEach(async () => {
  at = await openTemporary();
});
afterEach(() => at.close());

const given = (files: Readonly<Record<string, string>>) => writeFiles(at.root, files);
const read = (path: string) => readBundles(at.root, path);
const failure = (path: string) =>
  read(path).then(
    () => expect.unreachable('it was read'),
    (error: { kind: string; message: string; why: readonly string[]; next: readonly string[] }) => error,
  );
const contents = async (path: string) =>
  (await read(path)).bundles.map(({ cell, stores }) => [
    cell.metadata.name,
    ...stores.map(({ metadata }) => metadata.name),
  ]);

describe('reading', () => {
  const tree = {
    'platform/cells/canary/cell.yaml': cellYaml('canary'),
    'platform/cells/canary/stores/warehouse.yaml': storeYaml('warehouse', 'dk-canary'),
    'platform/cells/canary/stores/lake-raw.yml': storeYaml('lake-raw'),
    'platform/cells/stable/cell.yaml': cellYaml('stable', 'production'),
    'platform/cells/stable/stores/warehouse.yaml': storeYaml('warehouse', 'production'),
    'platform/.github/workflow.yaml': 'on: [push]',
    'platform/README.md': 'not YAML: [',
  };

  test('takes the folder of one cell, of several cells, and of the repository', async () => {
    await given(tree);
    const canary = ['canary', 'lake-raw', 'warehouse'];
    expect(await contents('platform/cells/canary')).toEqual([canary]);
    expect(await contents('platform/cells/')).toEqual([canary, ['stable', 'warehouse']]);
    expect(await contents('platform')).toEqual([canary, ['stable', 'warehouse']]);
    expect(await contents(join(at.root, 'platform'))).toEqual([canary, ['stable', 'warehouse']]);
  });

  test('takes a single file with everything in it', async () => {
    await given({
      'all.yaml': [cellYaml('a'), cellYaml('b'), storeYaml('s', 'dk-a'), storeYaml('s', 'dk-b')].join('---\n'),
    });
    expect(await contents('all.yaml')).toEqual([
      ['a', 's'],
      ['b', 's'],
    ]);
  });

  test('takes Secrets, decoded, and ConfigMaps, and names what it skips', async () => {
    await given({
      'canary/cell.yaml': `apiVersion: v1\nkind: Namespace\nmetadata: {name: dk-canary}\n---\n${cellYaml('canary')}`,
      'canary/secret.yaml': `apiVersion: v1
kind: Secret
metadata: {name: warehouse, namespace: dk-canary}
data: {PG_PASS: aMO2bGxl, PG_USER: am9l, EMPTY: ""}
stringData: {PG_USER: jane}
`,
      'canary/settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {depth: "3"}\n',
      'canary/web.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n',
      'canary/other.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n',
    });
    const { bundles, skipped } = await read('canary');
    expect(bundles).toMatchObject([
      {
        secrets: [{ name: 'warehouse', values: { PG_PASS: 'hölle', PG_USER: 'jane', EMPTY: '' } }],
        configMaps: [{ name: 'settings', values: { depth: '3' } }],
      },
    ]);
    expect(skipped).toEqual(['Namespace other (canary/other.yaml)', 'Deployment web (canary/web.yaml)']);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'a Store without a Cell',
      { 'x/a.yaml': cellYaml('a', 'n'), 'x/s.yaml': storeYaml('s', 'dk-b') },
      /^x\/s\.yaml:3:\d+ .*no Cell here owns namespace dk-b/,
    ],
    [
      'a Store beside two Cells',
      { 'x/a.yaml': cellYaml('a'), 'x/b.yaml': cellYaml('b'), 'x/s.yaml': storeYaml('s') },
      /several Cells stand beside/,
    ],
    ['a Store above its Cell', { 'x/s.yaml': storeYaml('s'), 'x/a/cell.yaml': cellYaml('a') }, /no Cell stands beside/],
    [
      'two Cells of one namespace',
      { 'x/a.yaml': cellYaml('a', 'n'), 'x/b.yaml': cellYaml('b', 'n'), 'x/s.yaml': storeYaml('s', 'n') },
      /several Cells here own namespace n/,
    ],
    [
      'a Cell that is there twice',
      { 'x/1.yaml': cellYaml('a'), 'x/2.yaml': cellYaml('a') },
      /^x\/2\.yaml:3:\d+ .*Cell a stands in x\/1\.yaml too/,
    ],
    [
      'a Store that is there twice',
      { 'x/c.yaml': cellYaml('a'), 'x/1.yaml': storeYaml('s'), 'x/2.yaml': storeYaml('s') },
      /Store s stands in x\/1\.yaml too/,
    ],
    [
      'an unknown field',
      { 'x/c.yaml': cellYaml('a').replace('namespace', 'namspace') },
      /^x\/c\.yaml:4:\d+ .*did you mean "namespace"/,
    ],
    [
      'binary data',
      {
        'x/c.yaml': cellYaml('a'),
        'x/m.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\nbinaryData: {a: aaaa}\n',
      },
      /x\/m\.yaml:1:1 binaryData/,
    ],
    [
      'a number in a ConfigMap',
      { 'x/c.yaml': cellYaml('a'), 'x/m.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {a: 3}\n' },
      /data\.a: must be a string; put it in quotes/,
    ],
  ])('refuses %s, with its place', async (_, files, problem) => {
    await given(files);
    const { kind, why } = await failure('x');
    expect([kind, why]).toEqual(['invalid', [expect.stringMatching(problem)]]);
  });

  test.each([
    'hunter2!',
    'aHVudGVyMg=x',
    '/+7/',
    '"a b c d": {}',
  ])('refuses the Secret value %s without repeating it', async (value) => {
    await given({
      'x/c.yaml': cellYaml('a'),
      'x/s.yaml': `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {PG_PASS: ${JSON.stringify(value)}}\n`,
    });
    const { why } = await failure('x');
    expect(why).toEqual(['x/s.yaml:1:1 data.PG_PASS: must be text in base64']);
  });

  test('reports everything that is wrong, but no Store as homeless whose Cell cannot be read', async () => {
    await given({ 'x/c.yaml': 'kind: [', 'x/a.yaml': `${header}\nkind: Cel`, 'x/s.yaml': storeYaml('s') });
    const { why, next } = await failure('x');
    expect(why).toEqual([expect.stringMatching(/^x\/a\.yaml:2/), expect.stringMatching(/^x\/c\.yaml:1/)]);
    expect(next).toEqual(['dk lint x/a.yaml', 'dk lint x/c.yaml']);
  });

  test('says when there is nothing, or no Cell', async () => {
    await given({ 'empty/README.md': '', 'stores/s.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n` });
    expect(await failure('nowhere')).toMatchObject({ kind: 'notFound', message: expect.stringContaining('nowhere') });
    expect(await failure('empty')).toMatchObject({ kind: 'invalid', message: 'empty holds no Cell' });
    expect((await failure('stores')).why).toEqual([expect.stringContaining('no Cell stands beside')]);
  });
});
