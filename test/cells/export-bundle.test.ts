import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyBundle } from '../../src/cells/apply-bundle.ts';
import { bundleText, exportBundle, writeBundle } from '../../src/cells/export-bundle.ts';
import { readBundles } from '../../src/cells/read-bundles.ts';
import { writeFiles } from './gitops-files.ts';
import { cellOf, storeOf } from './manifests.ts';
import { openTemporary } from './temporary.ts';

let at: Awaited<ReturnType<typeof openTemporary>>;
beforeEach(async () => {
  at = await openTemporary();
});
afterEach(() => at.close());

const given = (files: Readonly<Record<string, string>>) => writeFiles(at.root, files);

describe('exporting', () => {
  const environment = { 'app.kubernetes.io/managed-by': 'dk', 'datakit.infoblox.dev/environment': 'e-1' };

  async function exported() {
    const cell = await at.cells.get('canary');
    return exportBundle(at.cells, cell ?? expect.unreachable('there is no cell'));
  }

  beforeEach(async () => {
    await at.cells.applyCell(
      cellOf('canary', { metadata: { labels: environment }, spec: { labels: { tier: 'dev' } } }),
    );
    const secrets = { username: '${PG_USER}', password: '${PG_PASS}' };
    await at.cells.applyStore('canary', storeOf('warehouse', { metadata: { labels: environment }, spec: { secrets } }));
    await at.cells.secrets.set('canary', 'warehouse', { PG_PASS: 'hunter2' });
    await at.cells.configMaps.apply('canary', 'settings', { depth: '3' });
  });

  test('gives one text without Secrets and without the mark of the environment, which reads back as the same cell', async () => {
    const { bundle, cleared } = await exported();
    const text = bundleText(bundle);
    expect(cleared).toEqual([]);
    expect(text).not.toMatch(/hunter2|managed-by|status/);
    await given({ 'canary.yaml': text });
    const [found] = (await readBundles(at.root, 'canary.yaml')).bundles;
    expect(found?.cell).toEqual(cellOf('canary', { spec: { labels: { tier: 'dev' } } }));
    expect(found?.stores.map(({ spec }) => spec.secrets)).toEqual([{ username: '${PG_USER}', password: '${PG_PASS}' }]);
    expect(found?.configMaps).toMatchObject([{ name: 'settings', values: { depth: '3' } }]);
    const outcomes = (await applyBundle(at.cells, found ?? expect.unreachable())).map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['unchanged']));
  });

  test('gives the GitOps folder, for everybody to read', async () => {
    const files = await writeBundle(join(at.root, 'out/canary'), (await exported()).bundle);
    expect(files.map((file) => file.slice(at.root.length))).toEqual([
      '/out/canary/cell.yaml',
      '/out/canary/configmap-settings.yaml',
      '/out/canary/stores/warehouse.yaml',
    ]);
    expect(((await stat(files[0] ?? '')).mode & 0o400).toString(8)).toBe('400');
    expect(await readFile(files[0] ?? '', 'utf8')).toMatch(/^apiVersion: v1\nkind: Namespace\n/);
    expect((await readBundles(at.root, 'out')).bundles[0]?.stores).toMatchObject([{ metadata: { name: 'warehouse' } }]);
    expect(await readdir(join(at.root, 'out'))).toEqual(['canary']);
  });

  test('puts a reference where somebody wrote a secret, and says where', async () => {
    const connection = {
      connection_string: 'postgresql://joe:hunter2@canary-db:5432/dk?sslmode=require&password=hunter2',
      libpq: "host=a password='hunter2' user=b",
      odd: 'postgresql://joe:hunt@er2@db/x',
      kept: 'postgresql://joe:${PG_PASS}@canary-db:5432/dk',
      endpoint: 'http://127.0.0.1:29000/a@b',
      api_token: 'hunter2',
      root_password: 22222,
      nested: { list: [{ password: 'hunter2' }] },
    };
    const secrets = { password: 'hunter2', user: 'pre-${USER}' };
    await at.cells.applyStore('canary', storeOf('warehouse', { spec: { connection, secrets } }));
    const { bundle, cleared } = await exported();
    expect(bundle.stores[0]?.spec).toEqual({
      connector: 'postgres',
      connection: {
        connection_string: 'postgresql://joe:${PASSWORD}@canary-db:5432/dk?sslmode=require&password=${PASSWORD}',
        libpq: 'host=a password=${PASSWORD} user=b',
        odd: 'postgresql://joe:${PASSWORD}@db/x',
        kept: 'postgresql://joe:${PG_PASS}@canary-db:5432/dk',
        endpoint: 'http://127.0.0.1:29000/a@b',
        api_token: '${API_TOKEN}',
        root_password: '${ROOT_PASSWORD}',
        nested: { list: [{ password: '${PASSWORD}' }] },
      },
      secrets: { password: '${PASSWORD}', user: 'pre-${USER}' },
    });
    expect(cleared.map((each) => each.replace('Store warehouse: ', ''))).toEqual([
      'connection.connection_string',
      'connection.libpq',
      'connection.odd',
      'connection.api_token',
      'connection.root_password',
      'connection.nested',
      'secrets.password',
    ]);
  });
});
