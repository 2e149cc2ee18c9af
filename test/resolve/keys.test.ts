import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resolveRun } from '../../src/resolve/resolve.ts';
import { type Cells, failureOf, hostEndpoint, openCells, packageOf, pgKeys, s3Spec, store, whereOf } from './given.ts';

let cells: Cells;
beforeEach(async () => {
  cells = await openCells();
});
afterEach(() => cells.close());

const dsnOf = async (...given: Parameters<typeof resolveRun>) => (await resolveRun(...given)).stores[0]?.dsn;
const local = { [hostEndpoint]: '127.0.0.1:25432' };

describe('${KEY} in a Store of a cell', () => {
  test('comes from the Secret named as the Store, before the Secret cell-secrets', async () => {
    const { PG_PASS, ...others } = pgKeys;
    await cells.add('canary', [store('warehouse')], {
      warehouse: { PG_PASS },
      'cell-secrets': { ...others, PG_PASS: 'not this one' },
    });
    expect(await dsnOf(packageOf(), whereOf({ cell: 'canary', cells }))).toBe('postgresql://ann:hunter2@db:5433/shop');
  });

  test('does not come from the environment, nor from another cell', async () => {
    await cells.add('local', [store('warehouse')], { warehouse: pgKeys });
    await cells.add('canary', [store('warehouse')]);
    const where = whereOf({ cell: 'canary', cells, env: pgKeys, dotEnv: pgKeys, local: cells.cells });
    expect(await failureOf(packageOf(), where)).toMatchObject({ kind: 'notFound' });
  });
});

describe('${KEY} in a Store of the package', () => {
  beforeEach(() =>
    cells.add('local', [store('warehouse', {}, local)], { warehouse: { ...pgKeys, PG_HOST: 'in-cluster' } }),
  );

  test('comes from the environment before .env, and from .env before cell:local', async () => {
    const dotEnv = { PG_USER: 'dot', PG_PASS: 'dot-pass' };
    const where = whereOf({ env: { PG_PASS: 'env-pass' }, dotEnv, local: cells.cells });
    expect(await dsnOf(packageOf(), where)).toBe('postgresql://dot:env-pass@127.0.0.1:25432/shop');
  });

  test('comes from cell:local with the address of the host', async () => {
    const dsn = await dsnOf(packageOf(), whereOf({ local: cells.cells }));
    expect(dsn).toBe('postgresql://ann:hunter2@127.0.0.1:25432/shop');
  });

  test('comes from cell:local only for a Store of the same name', async () => {
    const pkg = packageOf({ stores: [store('warehouse')], datasets: [] });
    const other = { ...pkg, stores: packageOf({ stores: [store('reports')] }).stores, datasets: packageOf().datasets };
    const moved = other.datasets.map((each) => ({
      ...each,
      value: { ...each.value, spec: { ...each.value.spec, store: 'reports' } },
    }));
    const failure = await failureOf({ ...other, datasets: moved }, whereOf({ local: cells.cells }));
    expect(failure).toMatchObject({ kind: 'notFound' });
    expect(String((failure as { why: string[] }).why[0])).toContain('cell local, which has no Store reports');
  });

  test('comes from cell:local only for the same type of connector', async () => {
    const pkg = packageOf({ stores: [store('warehouse', { ...s3Spec, connection: { bucket: '${PG_DATABASE}' } })] });
    const failure = await failureOf(pkg, whereOf({ local: cells.cells }));
    expect(String((failure as { why: string[] }).why[0])).toContain(
      'Store warehouse of cell local, which is postgres and not s3',
    );
  });

  test('comes from cell:local though the package calls the connector by a name of its own', async () => {
    const connector = {
      apiVersion: 'datakit.infoblox.dev/v1alpha1',
      kind: 'Connector' as const,
      metadata: { name: 'main-db' },
      spec: { type: 'postgres', capabilities: ['source' as const] },
    };
    const pkg = packageOf({ connectors: [connector], stores: [store('warehouse', { connector: 'main-db' })] });
    const run = await resolveRun(pkg, whereOf({ local: cells.cells }));
    expect(run.stores[0]).toMatchObject({
      connector: 'postgres',
      dsn: 'postgresql://ann:hunter2@127.0.0.1:25432/shop',
    });
  });

  test('may be empty: what is set is set', async () => {
    const dsn = await dsnOf(packageOf(), whereOf({ env: { ...pgKeys, PG_PASS: '' } }));
    expect(dsn).toBe('postgresql://ann:@db:5433/shop');
  });

  test.each([
    'toString',
    'constructor',
    '__proto__',
    'hasOwnProperty',
  ])('called %s is a key like any other', async (key) => {
    const spec = { connection: { host: 'db', database: `\${${key}}` }, secrets: {} };
    const pkg = packageOf({ stores: [store('warehouse', spec)] });
    expect(await failureOf(pkg, whereOf({ local: cells.cells }))).toMatchObject({ kind: 'notFound' });
  });
});

describe('values', () => {
  const run = async (spec: Parameters<typeof store>[1], env: Record<string, string>) => {
    const resolved = await resolveRun(
      packageOf({ stores: [store('warehouse', { secrets: {}, ...spec })] }),
      whereOf({ env }),
    );
    return resolved.stores[0];
  };

  test('are encoded inside a connection_string, and read back as they were', async () => {
    const env = { U: 'a@b', P: '@:/?#[]% ünï', D: 'my db' };
    const found = await run({ connection: { connection_string: 'postgresql://${U}:${P}@db:5432/${D}' } }, env);
    expect(found?.dsn).toBe(`postgresql://a%40b:${encodeURIComponent(env.P)}@db:5432/my%20db`);
  });

  test('that are a whole connection_string stand as they are', async () => {
    const env = { DATABASE_URL: 'postgresql://a%40b:c%2Fd@db/shop' };
    const found = await run({ connection: { connection_string: '${DATABASE_URL}' } }, env);
    expect(found?.dsn).toBe('postgresql://a%40b:c%2Fd@db:5432/shop');
  });

  test('that are host and port of a connection_string are not encoded', async () => {
    const connection = { connection_string: 'postgresql://${H}:${P}/shop' };
    expect((await run({ connection }, { H: 'db.example', P: '5433' }))?.dsn).toBe('postgresql://db.example:5433/shop');
    expect((await run({ connection }, { H: '::1', P: '5433' }))?.dsn).toBe('postgresql://[::1]:5433/shop');
  });

  test('that look like ${KEY} or like a pattern are not looked at again', async () => {
    const found = await run({ connection: { host: 'db', database: '${D}' } }, { D: '${D}$&$1' });
    expect(found?.fields).toMatchObject({ database: '${D}$&$1' });
  });

  test('may be several in one field, and one in several fields', async () => {
    const connection = { host: '${A}-${B}.example', database: '${A}' };
    expect((await run({ connection }, { A: 'x', B: 'y' }))?.fields).toEqual({ host: 'x-y.example', database: 'x' });
  });

  test('of numbers and booleans become texts', async () => {
    expect((await run({ connection: { host: 'db', port: 5433, ssl: true } }, {}))?.fields).toEqual({
      host: 'db',
      port: '5433',
      ssl: 'true',
    });
  });

  test.each([[['a']], [{ a: 1 }], [null]])('of %j are an invalid failure', async (value) => {
    const pkg = packageOf({ stores: [store('warehouse', { connection: { host: 'db', options: value } })] });
    expect(await failureOf(pkg, whereOf({ env: pgKeys }))).toMatchObject({
      kind: 'invalid',
      message: 'Store warehouse: connection.options must be a string, a number or a boolean',
    });
  });

  test('that make no address are an invalid failure that names the Store and shows no secret', async () => {
    const connection = { connection_string: 'postgresql://one:1,two:2/db?password=${PG_PASS}' };
    const failure = await failureOf(
      packageOf({ stores: [store('warehouse', { connection })] }),
      whereOf({ env: pgKeys }),
    );
    expect(failure).toMatchObject({ kind: 'invalid', message: 'Store warehouse has no address that can be read' });
    expect(JSON.stringify(failure)).not.toContain('hunter2');
  });
});

describe('missing keys', () => {
  test('while the environment is down are a missing prerequisite, all at once, with every place and the remedy', async () => {
    const failure = await failureOf(packageOf(), whereOf({ env: { PG_HOST: 'db', PG_PORT: '1', PG_DATABASE: 'd' } }));
    const places = 'looked at the environment; .env of the package; cell local (no local environment is up)';
    expect(failure).toMatchObject({
      kind: 'prerequisite',
      message: '2 keys of Store warehouse cannot be resolved',
      why: [
        `\${PG_USER} (Store warehouse, secrets.username): ${places}`,
        `\${PG_PASS} (Store warehouse, secrets.password): ${places}`,
      ],
      next: ['dk dev up', "Or set PG_USER, PG_PASS in the environment or in the package's .env"],
    });
  });

  test('while the environment is up are not found', async () => {
    await cells.add('local', [store('warehouse')], { warehouse: { ...pgKeys } });
    await cells.cells.secrets.unset('local', 'warehouse', 'PG_PASS');
    expect(await failureOf(packageOf(), whereOf({ local: cells.cells }))).toMatchObject({
      kind: 'notFound',
      message: 'A key of Store warehouse cannot be resolved',
      why: [
        '${PG_PASS} (Store warehouse, secrets.password): looked at the environment; .env of the package; Secret warehouse of cell local (environment local)',
      ],
    });
  });

  test('of a cell name both Secrets, and the command that sets each key', async () => {
    const { PG_PASS: _, PG_USER: __, ...others } = pgKeys;
    await cells.add('canary', [store('warehouse')], { warehouse: others });
    expect(await failureOf(packageOf(), whereOf({ cell: 'canary', cells, program: 'npx dk' }))).toMatchObject({
      kind: 'notFound',
      message: '2 keys of Store warehouse of cell canary cannot be resolved',
      why: [
        '${PG_USER} (Store warehouse of cell canary, secrets.username): looked at Secret warehouse of cell canary (environment local); Secret cell-secrets of cell canary (environment local)',
        expect.stringContaining('${PG_PASS}'),
      ],
      next: [
        'npx dk cell secret set warehouse PG_USER --cell canary',
        'npx dk cell secret set warehouse PG_PASS --cell canary',
      ],
    });
  });

  test('of Stores and of spec.env are told together', async () => {
    const env = [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'api', key: 'token' } } }];
    const failure = await failureOf(packageOf({ env }), whereOf({ env: { ...pgKeys, PG_PASS: undefined } }));
    expect(failure).toMatchObject({ message: '2 keys of Store warehouse, variable TOKEN cannot be resolved' });
  });
});
