import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, makeHome, repository } from '../helpers/dk.ts';
import { query, recordsIn, s3Of, type Variables, variablesOf } from '../helpers/outside.ts';

const packageFolder = join(repository, 'examples/pg-to-s3');

describe('an environment whose servers were killed', () => {
  let home: Home;
  let before: Variables;

  beforeAll(async () => {
    home = makeHome();
    await home.dk(['dev', 'up']);
    await home.dk(['dev', 'seed'], { cwd: packageFolder });
    await home.dk(['run', '--cell', 'local'], { cwd: packageFolder });
    before = await variablesOf(home, 'local', packageFolder);
  });
  afterAll(() => home.close());

  it('comes back with every committed row and every acknowledged object', async () => {
    const { services } = (await home.json(['dev', 'status'])) as { services: { name: string; pid: number }[] };
    for (const { pid } of services) process.kill(pid, 'SIGKILL');
    const down = await home.dk(['run', '--cell', 'local'], { cwd: packageFolder });
    expect(down.code).toBe(3);
    expect(down.stderr).toContain('postgres and object-store do not run');

    const up = await home.dk(['dev', 'up']);
    expect(up).toMatchObject({ code: 0 });
    const after = await variablesOf(home, 'local', packageFolder);
    expect(withoutPorts(after)).toEqual(withoutPorts(before));
    const [count] = await query(after['DK_STORE_DSN_WAREHOUSE'] ?? '', 'SELECT count(*)::int AS rows FROM raw_events');
    expect(count).toEqual({ rows: 1707 });
    expect(await recordsIn(s3Of(after), 'dk-local-lake', 'events/')).toHaveLength(1707);
  });

  it('puts back a Store, a Secret and a database role that were changed by hand', async () => {
    const { DK_STORE_DSN_WAREHOUSE: dsn = '', ...intact } = await variablesOf(home, 'local', packageFolder);
    const store = join(home.state, 'environments/local/cells/local/stores/warehouse.yaml');
    const text = readFileSync(store, 'utf8');
    const { rmSync, writeFileSync } = await import('node:fs');
    writeFileSync(store, text.replaceAll('127.0.0.1', 'elsewhere'));
    rmSync(join(home.state, 'environments/local/secrets/local/lake-raw.json'));
    await query(dsn, "ALTER ROLE dp_local PASSWORD 'changed-by-hand'");
    expect(await home.dk(['dev', 'up'])).toMatchObject({ code: 0 });
    expect(readFileSync(store, 'utf8')).toBe(text);
    expect(await variablesOf(home, 'local', packageFolder)).toEqual({ DK_STORE_DSN_WAREHOUSE: dsn, ...intact });
    expect(await query(dsn, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

/** While nobody listens, an environment of a test beside this one may take the port. */
function withoutPorts(variables: Variables): Variables {
  return JSON.parse(JSON.stringify(variables).replace(/(127\.0\.0\.1(?::|%3A))\d+/g, '$1port'));
}
