import { join } from 'node:path';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, makeHome, repository } from '../helpers/dk.ts';
import { ranReal } from '../helpers/facts.ts';
import { query, recordsIn, s3Of, type Variables, variablesOf } from '../helpers/outside.ts';

const packageFolder = join(repository, 'examples/pg-to-s3');

describe('the main job, on a machine with nothing but Node', () => {
  let home: Home;
  let local: Variables;
  let canary: Variables;

  beforeAll(async () => {
    home = makeHome();
    const up = await home.dk(['dev', 'up', '--cell', 'canary', '--cell', 'dev-dgarcia']);
    expect(up.stderr + up.stdout).toContain('is up');
    for (const cell of ['local', 'canary']) {
      expect(await home.dk(['dev', 'seed', '--cell', cell], { cwd: packageFolder })).toMatchObject({ code: 0 });
      expect(await home.dk(['run', '--cell', cell], { cwd: packageFolder })).toMatchObject({ code: 0 });
    }
    local = await variablesOf(home, 'local', packageFolder);
    canary = await variablesOf(home, 'canary', packageFolder);
  });
  afterAll(() => home.close());

  it('makes three cells, each with a namespace and two Stores', async () => {
    const { cells } = (await home.json(['cell', 'list'])) as {
      cells: { name: string; namespace: string; stores: number }[];
    };
    expect(cells.map(({ name, namespace, stores }) => [name, namespace, stores])).toEqual([
      ['canary', 'dk-canary', 2],
      ['dev-dgarcia', 'dk-dev-dgarcia', 2],
      ['local', 'dk-local', 2],
    ]);
  });

  it('brings the rows of each cell into its own bucket, equal to the source', async () => {
    for (const [cell, variables] of [
      ['local', local],
      ['canary', canary],
    ] as const) {
      const rows = await query(
        variables['DK_STORE_DSN_WAREHOUSE'] ?? '',
        'SELECT event_id, magnitude FROM raw_events ORDER BY event_id',
      );
      const records = await recordsIn(s3Of(variables), `dk-${cell}-lake`, 'events/');
      expect(rows.length).toBeGreaterThanOrEqual(1000);
      const byId = (a: Record<string, unknown>, b: Record<string, unknown>) =>
        String(a['event_id']) < String(b['event_id']) ? -1 : 1;
      const slim = (all: Record<string, unknown>[]) =>
        all.map(({ event_id, magnitude }) => ({ event_id, magnitude })).sort(byId);
      expect(slim(records)).toEqual(slim(rows));
    }
    const [version] = await query(
      local['DK_STORE_DSN_WAREHOUSE'] ?? '',
      "SELECT current_setting('server_version') AS version",
    );
    ranReal('PostgreSQL', String(version?.['version']));
    ranReal('AWS SDK against the object store', '3');
  });

  it("refuses one cell's login on another cell's database", async () => {
    const dsn = new URL(canary['DK_STORE_DSN_WAREHOUSE'] ?? '');
    dsn.pathname = '/dp_local';
    await expect(query(dsn.href, 'SELECT 1')).rejects.toThrow(/permission denied for database "dp_local"/);
  });

  it("refuses one cell's key on another cell's bucket", async () => {
    const list = s3Of(canary).send(new ListObjectsV2Command({ Bucket: 'dk-local-lake' }));
    await expect(list).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('runs the package as it is, with its own store/, on the credentials of cell:local', async () => {
    const ran = await home.dk(['run'], { cwd: packageFolder });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/raw-events -> lake-events: \{"rows":1707/);
  });

  it('changes nothing when everything is there', async () => {
    const up = await home.dk(['dev', 'up']);
    expect(up.code).toBe(0);
    expect(up.stderr.split('\n').filter((line) => line.startsWith('+'))).toEqual([]);
  });
});
