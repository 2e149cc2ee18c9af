import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resolveRun } from '../../src/resolve/resolve.ts';
import {
  type Cells,
  containerEndpoint,
  dataset,
  failureOf,
  hostEndpoint,
  openCells,
  packageOf,
  pgKeys,
  s3Spec,
  store,
  whereOf,
} from './given.ts';

let cells: Cells;
beforeEach(async () => {
  cells = await openCells();
});
afterEach(() => cells.close());

const s3Keys = { S3_ACCESS_KEY_ID: 'AKIAEXAMPLE', S3_SECRET_ACCESS_KEY: 'very/secret+key' };

describe('Stores', () => {
  test('come from store/ without --cell, and nobody opens the cells', async () => {
    const run = await resolveRun(packageOf(), whereOf({ env: pgKeys }));
    expect(run.cell).toBeUndefined();
    expect(run.stores).toEqual([
      {
        cell: undefined,
        name: 'warehouse',
        connector: 'postgres',
        fields: { host: 'db', port: '5433', database: 'shop', username: 'ann', password: 'hunter2' },
        secretFields: ['username', 'password'],
        dsn: 'postgresql://ann:hunter2@db:5433/shop',
      },
    ]);
  });

  test('come from the cell with --cell, not from store/', async () => {
    const spec = { connection: { host: 'canary-db', database: 'c' }, secrets: {} };
    await cells.add('canary', [store('warehouse', spec)]);
    const run = await resolveRun(packageOf(), whereOf({ cell: 'canary', cells, env: pgKeys }));
    expect(run).toMatchObject({ cell: 'canary', stores: [{ cell: 'canary', dsn: 'postgresql://canary-db:5432/c' }] });
  });

  test('are resolved once, however many data sets they hold', async () => {
    const pkg = packageOf({
      inputs: [{ dataset: 'orders' }, { dataset: 'orders' }],
      outputs: [{ dataset: 'sums' }],
      datasets: [dataset('orders'), dataset('sums')],
    });
    expect((await resolveRun(pkg, whereOf({ env: pgKeys }))).stores).toHaveLength(1);
  });

  test('that store/ does not have are not found, with those it has and a near miss', async () => {
    const pkg = packageOf({ stores: [store('warehose')] });
    expect(await failureOf(pkg, whereOf({ env: pgKeys }))).toMatchObject({
      kind: 'notFound',
      message: 'The package has no Store warehouse in store/; did you mean "warehose"?',
      why: ['It has warehose'],
    });
  });

  test('that the cell does not have are not found, with those it has and the remedy', async () => {
    await cells.add('canary', [store('lake-raw')]);
    expect(await failureOf(packageOf(), whereOf({ cell: 'canary', cells }))).toMatchObject({
      kind: 'notFound',
      message: 'Cell canary has no Store warehouse',
      why: ['It has lake-raw (environment local)'],
      next: ['dk dev up --cell canary', expect.any(String)],
    });
    expect(await failureOf(packageOf(), whereOf({ cell: 'canary', cells: abroad(cells) }))).toMatchObject({
      next: ['dk cell stores canary --context stage'],
    });
  });
});

/** The same cells, as if they were those of a context of the kubeconfig. */
const abroad = (at: Cells) => ({ ...at, cells: { ...at.cells, context: 'stage' } });

describe('addresses', () => {
  const annotations = { [hostEndpoint]: '127.0.0.1:25432', [containerEndpoint]: 'dk-pg:5432' };
  const spec = {
    connection: { connection_string: 'postgresql://pg.dk-infra.svc:5432/shop', sslmode: 'disable' },
    secrets: { password: '${PG_PASS}' },
  };

  test.each([
    ['host', '127.0.0.1:25432'],
    ['container', 'dk-pg:5432'],
    ['cluster', 'pg.dk-infra.svc:5432'],
  ] as const)('from the %s a Store of a cell is at %s', async (reach, address) => {
    await cells.add('canary', [store('warehouse', spec, annotations)], { warehouse: pgKeys });
    const run = await resolveRun(packageOf(), whereOf({ cell: 'canary', cells, reach }));
    expect(run.stores[0]?.fields['connection_string']).toBe(`postgresql://${address}/shop`);
    expect(run.variables['DK_STORE_DSN_WAREHOUSE']).toBe(`postgresql://:hunter2@${address}/shop?sslmode=disable`);
  });

  test('of a Store without annotations are used as they are', async () => {
    await cells.add('canary', [store('warehouse', spec)], { warehouse: pgKeys });
    const run = await resolveRun(packageOf(), whereOf({ cell: 'canary', cells, reach: 'container' }));
    expect(run.stores[0]?.dsn).toContain('@pg.dk-infra.svc:5432/');
  });

  test('fit a connection_string that comes from a Secret too', async () => {
    const secrets = { connection_string: '${URL}' };
    await cells.add('canary', [store('warehouse', { connection: { sslmode: 'disable' }, secrets }, annotations)], {
      warehouse: { URL: 'postgresql://a:b@pg.dk-infra.svc/shop' },
    });
    const run = await resolveRun(packageOf(), whereOf({ cell: 'canary', cells }));
    expect(run.stores[0]?.dsn).toBe('postgresql://a:b@127.0.0.1:25432/shop?sslmode=disable');
  });
});

describe('cells', () => {
  const at = (host: string) => store('warehouse', { connection: { host, database: 'd' }, secrets: {} });
  const inputFrom = (cell: string) => packageOf({ inputs: [{ dataset: 'orders', cell }] });

  test.each([
    ['us-east', 'us-east'],
    ['cell-us-east', 'us-east'],
    ['cell:us-east', 'us-east'],
    ['cell:cell-us-east', 'us-east'],
  ])('%s on an input means %s', async (written, cell) => {
    await cells.add('us-east', [at('east')]);
    await cells.add('canary', [at('canary')]);
    const run = await resolveRun(inputFrom(written), whereOf({ cell: 'canary', cells }));
    expect([run.inputs[0]?.cell, run.outputs[0]?.cell]).toEqual([cell, 'canary']);
  });

  test('a cell that is really called cell-x is meant by its name, before x', async () => {
    await cells.add('cell-x', [at('the real one')]);
    await cells.add('x', [at('another')]);
    const run = await resolveRun(packageOf(), whereOf({ cell: 'cell-x', cells }));
    expect(run.cell).toBe('cell-x');
  });

  test.each(['cell:canary', 'cell-canary', 'canary'])('--cell %s means canary', async (cell) => {
    await cells.add('canary', [at('canary')]);
    expect((await resolveRun(packageOf(), whereOf({ cell, cells }))).cell).toBe('canary');
  });

  test('that do not exist are not found, with those that do, the near miss, and how to make one', async () => {
    await cells.add('canary');
    await cells.add('stable');
    expect(await failureOf(packageOf(), whereOf({ cell: 'canry', cells }))).toMatchObject({
      kind: 'notFound',
      message: 'There is no cell canry in environment local',
      why: ['It has canary, stable'],
      next: ['Did you mean canary?', 'dk cell list'],
    });
    const prefixed = await failureOf(packageOf(), whereOf({ cell: 'cell-brand-new', cells }));
    expect(prefixed).toMatchObject({ next: ['dk dev up --cell brand-new'] });
  });

  test('that do not exist in a context of the kubeconfig are not made by dev up', async () => {
    await cells.add('canary');
    const elsewhere = whereOf({ cell: 'brand-new', cells: abroad(cells) });
    expect(await failureOf(packageOf(), elsewhere)).toMatchObject({
      next: ['dk cell create brand-new --context stage'],
    });
    const nearMiss = whereOf({ cell: 'canry', cells: abroad(cells) });
    expect(await failureOf(packageOf(), nearMiss)).toMatchObject({
      next: ['Did you mean canary?', 'dk cell list --context stage'],
    });
  });

  test.each(['../secrets', '', 'cell:', 'cell-', 'UPPER'])('%j is not found', async (cell) => {
    await cells.add('canary');
    expect(await failureOf(packageOf(), whereOf({ cell, cells }))).toMatchObject({ kind: 'notFound' });
  });

  test('of an input are opened though the run itself has none', async () => {
    await cells.add('us-east', [at('east')]);
    const run = await resolveRun(inputFrom('us-east'), whereOf({ cells, env: pgKeys }));
    expect(run.variables).toMatchObject({
      DK_CELL: '',
      DK_STORE_DSN_US_EAST__WAREHOUSE: 'postgresql://east:5432/d',
      DK_STORE_DSN_WAREHOUSE: 'postgresql://ann:hunter2@db:5433/shop',
    });
  });
});

describe('the variables of a process', () => {
  test('are those of the run and of each Store it uses', async () => {
    const pkg = packageOf({
      outputs: [{ dataset: 'raw' }],
      datasets: [dataset('orders'), dataset('raw', { store: 'lake-raw' })],
      stores: [store('warehouse'), store('lake-raw', s3Spec), store('unused')],
    });
    const run = await resolveRun(pkg, whereOf({ env: { ...pgKeys, ...s3Keys } }));
    expect(run.variables).toEqual({
      DK_PACKAGE: 'etl',
      DK_VERSION: '1.2.3',
      DK_CELL: '',
      DK_STORE_DSN_WAREHOUSE: 'postgresql://ann:hunter2@db:5433/shop',
      DK_STORE_TYPE_WAREHOUSE: 'postgres',
      DK_STORE_WAREHOUSE_HOST: 'db',
      DK_STORE_WAREHOUSE_PORT: '5433',
      DK_STORE_WAREHOUSE_DATABASE: 'shop',
      DK_STORE_WAREHOUSE_USERNAME: 'ann',
      DK_STORE_WAREHOUSE_PASSWORD: 'hunter2',
      DK_STORE_DSN_LAKE_RAW: 's3://lake/?endpoint=http%3A%2F%2F127.0.0.1%3A29000&region=us-east-1',
      DK_STORE_TYPE_LAKE_RAW: 's3',
      DK_STORE_LAKE_RAW_ENDPOINT: 'http://127.0.0.1:29000',
      DK_STORE_LAKE_RAW_BUCKET: 'lake',
      DK_STORE_LAKE_RAW_REGION: 'us-east-1',
      DK_STORE_LAKE_RAW_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      DK_STORE_LAKE_RAW_SECRET_ACCESS_KEY: 'very/secret+key',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:29000',
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'very/secret+key',
      AWS_REGION: 'us-east-1',
    });
  });

  test('have no AWS_* with two S3 stores, nor with none', async () => {
    const two = packageOf({
      outputs: [{ dataset: 'raw' }],
      datasets: [dataset('orders', { store: 'one' }), dataset('raw', { store: 'two' })],
      stores: [store('one', s3Spec), store('two', s3Spec)],
    });
    for (const pkg of [two, packageOf()]) {
      const { variables } = await resolveRun(pkg, whereOf({ env: { ...pgKeys, ...s3Keys } }));
      expect(Object.keys(variables).filter((name) => name.startsWith('AWS_'))).toEqual([]);
    }
  });

  test('have the cell in their name for a Store of another cell alone', async () => {
    const at = (host: string) => store('ware-house', { connection: { host, database: 'd' }, secrets: {} });
    await cells.add('us-east', [at('east')]);
    await cells.add('canary', [at('canary')]);
    const pkg = packageOf({
      inputs: [{ dataset: 'orders', cell: 'us-east' }],
      datasets: [dataset('orders', { store: 'ware-house' })],
    });
    const { variables } = await resolveRun(pkg, whereOf({ cell: 'canary', cells }));
    expect(variables).toMatchObject({
      DK_CELL: 'canary',
      DK_STORE_US_EAST__WARE_HOUSE_HOST: 'east',
      DK_STORE_TYPE_US_EAST__WARE_HOUSE: 'postgres',
      DK_STORE_WARE_HOUSE_HOST: 'canary',
    });
  });

  test('from two Stores are an invalid failure that names both', async () => {
    const pkg = packageOf({
      outputs: [{ dataset: 'sums' }],
      datasets: [dataset('orders', { store: 'a' }), dataset('sums', { store: 'a-b' })],
      stores: [
        store('a', { connection: { host: 'h', 'b-host': 'x' }, secrets: {} }),
        store('a-b', { connection: { host: 'h' }, secrets: {} }),
      ],
    });
    expect(await failureOf(pkg, whereOf())).toMatchObject({
      kind: 'invalid',
      message: 'Two sources for the variable DK_STORE_A_B_HOST',
      why: ['Store a (field b-host)', 'Store a-b (field host)'],
    });
  });

  test.each([
    'DK_CELL',
    'DK_RUN_ID',
    'DK_RUN_SPEC',
    'DK_STORE_WAREHOUSE_HOST',
    'TWICE',
  ])('from spec.env and from elsewhere are an invalid failure too (%s)', async (name) => {
    const env = [{ name, value: 'mine' }, ...(name === 'TWICE' ? [{ name, value: 'again' }] : [])];
    expect(await failureOf(packageOf({ env }), whereOf({ env: pgKeys }))).toMatchObject({
      kind: 'invalid',
      message: `Two sources for the variable ${name}`,
      why: expect.arrayContaining([`spec.env of the Transform (${name})`]),
    });
  });

  test.each(['dsn', 'type', 'dsn-x', 'type-x'])('cannot be those of a Store called %s', async (name) => {
    const pkg = packageOf({ datasets: [dataset('orders', { store: name })], stores: [store(name)] });
    expect(await failureOf(pkg, whereOf({ env: pgKeys }))).toMatchObject({
      kind: 'invalid',
      message: `A Store cannot be called ${name}`,
    });
  });

  test('have names of letters, digits and underscores, whatever a field is called', async () => {
    const connection = { host: 'h', 'weird.field-näme': '1' };
    const pkg = packageOf({ stores: [store('warehouse', { connection, secrets: {} })] });
    const { variables } = await resolveRun(pkg, whereOf());
    expect(variables).toMatchObject({ DK_STORE_WAREHOUSE_WEIRD_FIELD_N_ME: '1' });
  });
});

describe('spec.env', () => {
  const secretRef = { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'api', key: 'token' } } };
  const mapRef = { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'settings', key: 'level' } } };
  const plain = { connection: { host: 'h' }, secrets: {} };

  beforeEach(() => cells.add('canary', [store('warehouse', plain)], { api: { token: 'cell-token' } }));

  test('has its values as they are', async () => {
    const pkg = packageOf({
      env: [
        { name: 'MODE', value: '${NOT_A_KEY}' },
        { name: 'EMPTY', value: '' },
      ],
    });
    expect((await resolveRun(pkg, whereOf({ env: pgKeys }))).variables).toMatchObject({
      MODE: '${NOT_A_KEY}',
      EMPTY: '',
    });
  });

  test('reads a Secret and a ConfigMap of the cell; what a Secret holds is secret', async () => {
    await cells.cells.configMaps.apply('canary', 'settings', { level: 'debug' });
    const run = await resolveRun(packageOf({ env: [secretRef, mapRef] }), whereOf({ cell: 'canary', cells }));
    expect(run.variables).toMatchObject({ TOKEN: 'cell-token', LEVEL: 'debug' });
    expect(run.secretValues).toEqual(['cell-token']);
  });

  test('reads both from the environment, then .env, then cell:local where there is no cell', async () => {
    await cells.add('local', [], { api: { token: 'local-token' } });
    await cells.cells.configMaps.apply('local', 'settings', { level: 'info' });
    const pkg = packageOf({ env: [secretRef, mapRef], stores: [store('warehouse', plain)] });
    const read = async (...given: Parameters<typeof whereOf>) => {
      const { variables } = await resolveRun(pkg, whereOf(...given));
      return [variables['TOKEN'], variables['LEVEL']];
    };
    expect(await read({ local: cells.cells })).toEqual(['local-token', 'info']);
    const dotEnv = { token: 'dot-token' };
    expect(await read({ local: cells.cells, dotEnv })).toEqual(['dot-token', 'info']);
    expect(await read({ local: cells.cells, dotEnv, env: { token: 'env-token', level: 'warn' } })).toEqual([
      'env-token',
      'warn',
    ]);
  });

  test('leaves out what is optional and not there', async () => {
    const env = [
      { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'none', key: 'token', optional: true } } },
      { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'none', key: 'level', optional: true } } },
    ];
    const { variables } = await resolveRun(packageOf({ env }), whereOf({ cell: 'canary', cells }));
    expect(Object.keys(variables)).not.toEqual(expect.arrayContaining(['TOKEN']));
    expect(Object.keys(variables)).not.toEqual(expect.arrayContaining(['LEVEL']));
  });

  test('names what is missing, where it was looked for, and how to set it', async () => {
    const env = [{ name: 'OTHER', valueFrom: { secretKeyRef: { name: 'api', key: 'other' } } }, mapRef];
    expect(await failureOf(packageOf({ env }), whereOf({ cell: 'canary', cells }))).toMatchObject({
      kind: 'notFound',
      message: '2 keys of variable OTHER, variable LEVEL cannot be resolved',
      why: [
        '${other} (variable OTHER, spec.env): looked at Secret api of cell canary (environment local)',
        '${level} (variable LEVEL, spec.env): looked at ConfigMap settings of cell canary (environment local)',
      ],
      next: ['dk cell secret set api other --cell canary'],
    });
  });
});

describe('what must be kept secret', () => {
  const secretsOf = async (spec: Parameters<typeof store>[1], env: Record<string, string> = {}) =>
    (await resolveRun(packageOf({ stores: [store('warehouse', spec)] }), whereOf({ env }))).secretValues;

  test('is every value of secrets but the login’s name', async () => {
    expect(await secretsOf({}, pgKeys)).toEqual(['hunter2']);
  });

  test('is a password inside a connection_string, encoded and not', async () => {
    const connection = { connection_string: 'postgresql://ann:p%40ss@db/shop' };
    expect(await secretsOf({ connection, secrets: {} })).toEqual(['p%40ss', 'p@ss']);
    const inQuery = { connection_string: 'postgresql://db/shop?password=p%40ss' };
    expect(await secretsOf({ connection: inQuery, secrets: {} })).toEqual(expect.arrayContaining(['p@ss', 'p%40ss']));
  });

  test('is what a key put into the connection, unless it says where something is', async () => {
    const connection = { host: '${H}', database: '${D}', passphrase: '${P}', licence: '${L}', api_token: 'literal' };
    const values = await secretsOf({ connection, secrets: {} }, { H: 'host', D: 'base', P: 'phrase', L: 'licence' });
    expect([...values].sort()).toEqual(['licence', 'literal', 'phrase']);
  });

  test('is a field that its connector declares secret', async () => {
    const connector = {
      apiVersion: 'datakit.infoblox.dev/v1alpha1',
      kind: 'Connector' as const,
      metadata: { name: 'crm' },
      spec: {
        type: 'crm',
        capabilities: ['source' as const],
        connectionSchema: { url: {}, pin: { secret: true } },
      },
    };
    const stores = [
      store('warehouse', { connector: 'crm', connection: { url: 'http://crm', pin: '4711' }, secrets: {} }),
    ];
    const run = await resolveRun(packageOf({ connectors: [connector], stores }), whereOf());
    expect(run.secretValues).toEqual(['4711']);
    expect(run.stores[0]).toMatchObject({ connector: 'crm', dsn: undefined, secretFields: ['pin'] });
  });
});
