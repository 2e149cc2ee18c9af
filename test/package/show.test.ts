import { expect, test } from 'vitest';
import { show } from '../../src/commands/show.ts';
import { recordingContext } from '../lint/context.ts';
import { fixture, temporaryFolder } from '../lint/temporary.ts';

test('a package is shown with what it reads and writes', async () => {
  const { context, stdout } = recordingContext(fixture('.'));
  await show(context, { directory: 'good-node', output: 'table' });
  expect(stdout()).toBe(`Package  good-node 1.0.0
Runtime  generic-node
Mode     batch
Trigger  manual
Timeout  none

INPUT   STORE      CONNECTOR  PLACE         FORMAT  CELL
orders  warehouse  postgres   table orders  -       -

OUTPUT   STORE     CONNECTOR  PLACE            FORMAT  CELL
revenue  lake-raw  s3         prefix revenue/  csv     -

DATASET  COLUMN    TYPE
orders   id        integer
orders   customer  text     pii
orders   amount    numeric

STORE      CONNECTOR  CONNECTION          SECRETS
lake-raw   s3         endpoint,bucket     access_key_id,secret_access_key
warehouse  postgres   host,port,database  username,password
`);
});

test('the same is there as JSON, without any value of a Store', async () => {
  const { context, stdout } = recordingContext(fixture('good-node'));
  await show(context, { output: 'json' });
  expect(JSON.parse(stdout())).toMatchObject({
    kind: 'PackageSummary',
    name: 'good-node',
    inputs: [{ dataset: 'orders', store: 'warehouse', connector: 'postgres', place: 'table orders', cell: null }],
    stores: [{ name: 'lake-raw' }, { name: 'warehouse', secrets: ['username', 'password'] }],
  });
  expect(stdout()).not.toContain('PG_PASS');
});

test('triggers, cells, tags and unknown DataSets are shown as far as the package says them', async () => {
  const dk = `apiVersion: datakit.infoblox.dev/v1alpha1
kind: Transform
metadata: { name: x }
spec:
  runtime: dbt
  mode: streaming
  timeout: 5m
  trigger:
    policy: composite
    policies: [schedule, on-change]
    schedule: { cron: "0 4 * * *", timezone: Europe/Berlin, suspend: true }
  inputs:
    - tags: { domain: sales }
      cell: us-east
  outputs:
    - dataset: nowhere
`;
  const { context, stdout } = recordingContext(await temporaryFolder({ 'dk.yaml': dk }, 'good-node'));
  await show(context, { output: 'json' });
  expect(JSON.parse(stdout())).toMatchObject({
    version: null,
    mode: 'streaming',
    timeout: '5m',
    trigger: 'composite: schedule or on-change: 0 4 * * * Europe/Berlin (suspended)',
    inputs: [{ dataset: 'orders', cell: 'us-east' }],
    outputs: [{ dataset: 'nowhere', store: null, place: null, columns: [] }],
  });
});

const cell = `apiVersion: v1
kind: Namespace
metadata: { name: dk-canary }
---
apiVersion: datakit.infoblox.dev/v1alpha1
kind: Cell
metadata: { name: canary }
spec: { namespace: dk-canary, labels: { tier: canary } }
`;
const store = `apiVersion: datakit.infoblox.dev/v1alpha1
kind: Store
metadata: { name: warehouse, namespace: dk-canary }
spec: { connector: postgres, connection: { host: db } }
`;

test('a folder of cells is shown with their Stores', async () => {
  const folder = await temporaryFolder({
    'cells/canary/cell.yaml': cell,
    'cells/canary/stores/warehouse.yaml': store,
    'cells/stable/cell.yaml': cell.replaceAll('canary', 'stable'),
  });
  const { context, stdout } = recordingContext(folder);
  await show(context, { output: 'table' });
  expect(stdout()).toBe(`CELL    NAMESPACE  LABELS       STORES
canary  dk-canary  tier=canary  warehouse (postgres)
stable  dk-stable  tier=stable  -
`);
});

test('a folder with neither is not found', async () => {
  const { context } = recordingContext(await temporaryFolder({ 'README.md': '' }));
  await expect(show(context, { output: 'table' })).rejects.toMatchObject({ kind: 'notFound' });
});
