import { describe, expect, test } from 'vitest';
import { describePlan } from '../../src/resolve/describe.ts';
import { resolveRun } from '../../src/resolve/resolve.ts';
import { dataset, packageOf, pgKeys, s3Spec, store, whereOf } from './given.ts';

async function planOf(password: string, connection: Record<string, string> = { host: '${PG_HOST}', database: 'shop' }) {
  const env = [
    { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'api', key: 'token' } } },
    { name: 'PLAIN', value: 'as it is' },
  ];
  const pkg = packageOf({
    env,
    outputs: [{ dataset: 'raw' }],
    datasets: [dataset('orders'), dataset('raw', { store: 'lake-raw' })],
    stores: [store('warehouse', { connection }), store('lake-raw', s3Spec)],
  });
  const s3Keys = { S3_ACCESS_KEY_ID: 'AKIAEXAMPLE', S3_SECRET_ACCESS_KEY: 'very/secret+key' };
  const given = { ...pgKeys, ...s3Keys, PG_HOST: 'db.example', PG_PASS: password, token: 't0ken-value' };
  return describePlan(await resolveRun(pkg, whereOf({ env: given })));
}

describe('describePlan', () => {
  test('shows what is no secret', async () => {
    const plan = await planOf('hunter2');
    expect(plan).toMatchObject({
      package: { name: 'etl', version: '1.2.3' },
      cell: null,
      inputs: [{ dataset: 'orders', store: 'warehouse', connector: 'postgres', table: 'orders' }],
      outputs: [{ dataset: 'raw', store: 'lake-raw' }],
      variables: { DK_PACKAGE: 'etl', PLAIN: 'as it is', DK_STORE_WAREHOUSE_USERNAME: 'ann', AWS_REGION: 'us-east-1' },
    });
    expect(plan.stores[0]).toMatchObject({
      dsn: 'postgresql://ann:***@db.example:5432/shop',
      fields: { host: 'db.example', database: 'shop', username: 'ann', password: '***' },
    });
  });

  test.each([
    'hunter2',
    'x9',
    '~',
    '@:/?#[]% ünï',
    'shop@shop',
    '*',
    '**',
    'a%2Fb',
  ])('masks the password %j in every field, DSN and variable, encoded too', async (password) => {
    const plan = await planOf(password);
    const shown = [
      ...plan.stores.flatMap(({ dsn, fields }) => [dsn ?? '', ...Object.values(fields)]),
      ...Object.values(plan.variables),
    ];
    const unmasked = shown.join('\n').replaceAll('***', '');
    for (const form of [password, encodeURIComponent(password)]) expect(unmasked).not.toContain(form);
    expect(plan.variables).toMatchObject({ DK_STORE_WAREHOUSE_PASSWORD: '***', TOKEN: '***' });
  });

  test('masks every key of S3, under both of its names', async () => {
    const { variables, stores } = await planOf('hunter2');
    expect(stores[1]?.fields).toMatchObject({ access_key_id: '***', secret_access_key: '***' });
    expect(variables).toMatchObject({ AWS_ACCESS_KEY_ID: '***', AWS_SECRET_ACCESS_KEY: '***' });
  });

  test('masks a password that stands in the connection_string of the Store', async () => {
    const plan = await planOf('unused', { connection_string: 'postgresql://ann:p%40ssw0rd@db/shop' });
    expect(JSON.stringify(plan)).not.toMatch(/p%40ssw0rd|p@ssw0rd/);
    expect(plan.stores[0]?.fields['connection_string']).toBe('postgresql://ann:***@db/shop');
  });
});
