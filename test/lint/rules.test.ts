import { expect, test } from 'vitest';
import type { Facts } from '../../src/lint/facts.ts';
import { packageRules } from '../../src/lint/package-rules.ts';
import { problemText } from '../../src/manifest/problem.ts';
import { type Change, judge } from './good-package.ts';

interface Breach {
  readonly rule: string;
  readonly change: Change | readonly Change[];
  readonly facts?: Partial<Facts>;
  /** What `dk lint` prints, from its beginning. */
  readonly says: string;
}

const header = (kind: string, name: string) =>
  `apiVersion: datakit.infoblox.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\n`;
const dk = (to: string): Change => ({ file: 'dk.yaml', to: `  ${to}\n` });
const orders = (from: string, to: string): Change => ({ file: 'dataset/orders.yaml', from, to });
const warehouse = (from: string, to: string): Change => ({ file: 'store/warehouse.yaml', from, to });
const input = (to: string): Change => ({ file: 'dk.yaml', from: 'dataset: orders', to });
const connector = (spec: string): Change => ({
  file: 'connector/shop.yaml',
  to: `${header('Connector', 'shop')}spec: ${spec}\n`,
});
const group = (spec: string): Change => ({
  file: 'dataset/all.yaml',
  to: `${header('DataSetGroup', 'all')}spec: ${spec}\n`,
});

const breaches: readonly Breach[] = [
  {
    rule: 'dataset-or-tags',
    change: input('cell: canary'),
    says: 'dk.yaml:9:7 spec.inputs[0]: names no data set; give dataset or tags',
  },
  {
    rule: 'dataset-or-tags',
    change: input('{ dataset: orders, tags: { domain: sales } }'),
    says: 'dk.yaml:9:7 spec.inputs[0]: has both dataset and tags',
  },
  {
    rule: 'dataset-exists',
    change: input('dataset: order'),
    says: 'dk.yaml:9:16 spec.inputs[0].dataset: there is no DataSet "order" in dataset/; did you mean "orders"?',
  },
  {
    rule: 'dataset-exists',
    change: group('{ store: warehouse, datasets: [orders, reveneu] }'),
    says: 'dataset/all.yaml:4:46 spec.datasets[1]: there is no DataSet "reveneu" in dataset/; did you mean "revenue"?',
  },
  {
    rule: 'tags-match',
    change: input('tags: { domain: sale }'),
    says: 'dk.yaml:9:13 spec.inputs[0].tags: no DataSet has the labels domain=sale',
  },
  {
    rule: 'dataset-version',
    change: input('{ dataset: orders, version: ^2.0.0 }'),
    says: 'dk.yaml:9:35 spec.inputs[0].version: the DataSet "orders" has version 1.0.0',
  },
  {
    rule: 'dataset-version',
    change: input('{ dataset: orders, version: new }'),
    says: 'dk.yaml:9:35 spec.inputs[0].version: must be a semver range such as ^1.2.0',
  },
  {
    rule: 'capability',
    change: [
      connector('{ type: postgres, capabilities: [destination] }'),
      warehouse('connector: postgres', 'connector: shop'),
    ],
    says: 'dk.yaml:9:16 spec.inputs[0].dataset: its connector "shop" cannot be a source, only a destination',
  },
  {
    rule: 'cell-reference',
    change: input('{ dataset: orders, cell: "cell:canary" }'),
    says: 'dk.yaml:9:32 spec.inputs[0].cell: must be the name of a cell, such as us-east',
  },
  {
    rule: 'dataset-store',
    change: orders('store: warehouse', 'store: warehose'),
    says: 'dataset/orders.yaml:8:10 warning: spec.store: there is no Store "warehose" in store/; did you mean "warehouse"?',
  },
  {
    rule: 'dataset-store',
    change: orders('store: warehouse', 'store: archive'),
    says: 'dataset/orders.yaml:8:10 warning: spec.store: there is no Store "archive" in store/; it must come from a cell',
  },
  {
    rule: 'group-store',
    change: group('{ store: lake-raw, datasets: [orders] }'),
    says: 'dataset/all.yaml:4:37 warning: spec.datasets[0]: the DataSet "orders" is in the Store "warehouse", the group in "lake-raw"',
  },
  {
    rule: 'placement',
    change: orders('  table: orders\n', ''),
    says: 'dataset/orders.yaml:7:1 spec: says not where it is; give table',
  },
  {
    rule: 'placement',
    change: orders('table: orders', 'prefix: orders/'),
    says: 'dataset/orders.yaml:7:1 spec: its Store "warehouse" is postgres, so it needs a table',
  },
  {
    rule: 'schema-or-reference',
    change: orders('table: orders', 'table: orders\n  schemaRef: registry/orders'),
    says: 'dataset/orders.yaml:10:3 spec.schemaRef: stands beside schema; one of them is meant',
  },
  {
    rule: 'column-once',
    change: orders('name: amount', 'name: id'),
    says: 'dataset/orders.yaml:14:15 spec.schema[2].name: the column "id" stands here twice',
  },
  {
    rule: 'classified',
    change: orders('  classification: internal\n', ''),
    says: 'dataset/orders.yaml:12:42 spec.schema[1].pii: the column "customer" is personal data, so the DataSet needs a classification',
  },
  {
    rule: 'seed-file',
    change: orders('seed:\n', 'seed:\n      file: data/orders.csv\n'),
    says: 'dataset/orders.yaml:17:13 spec.dev.seed.file: there is no such file in the package',
  },
  {
    rule: 'seed-file',
    change: orders('seed:\n', 'seed:\n      profiles: { big: { file: ../orders.csv } }\n'),
    says: 'dataset/orders.yaml:17:32 spec.dev.seed.profiles.big.file: must be a path inside the package',
  },
  {
    rule: 'seed-file',
    change: orders('seed:\n', 'seed:\n      file: orders.xlsx\n'),
    says: 'dataset/orders.yaml:17:13 spec.dev.seed.file: must be a .csv, .json or .ndjson file',
  },
  {
    rule: 'seed-column',
    change: orders('customer: Ada', 'custmer: Ada'),
    says: 'dataset/orders.yaml:18:20 spec.dev.seed.inline[0].custmer: the schema has no column "custmer"; did you mean "customer"?',
  },
  {
    rule: 'entry-point',
    change: [],
    facts: { existing: new Set() },
    says: 'dk.yaml:7:12 spec.runtime: there is no src/main.js, no src/main.mjs, no src/main.ts; give one, or a command, or an image',
  },
  {
    rule: 'entry-point',
    change: { file: 'dk.yaml', from: 'generic-node', to: 'cloudquery' },
    says: 'dk.yaml:7:12 spec.runtime: cloudquery has no entry point of its own; give one, or a command, or an image',
  },
  {
    rule: 'variable-source',
    change: dk('env: [{ name: A }]'),
    says: 'dk.yaml:12:9 spec.env[0]: has neither value nor valueFrom',
  },
  {
    rule: 'variable-source',
    change: dk('env: [{ name: A, value: b, valueFrom: { secretKeyRef: { name: a, key: b } } }]'),
    says: 'dk.yaml:12:9 spec.env[0]: has both value and valueFrom',
  },
  {
    rule: 'variable-source',
    change: dk('env: [{ name: A, valueFrom: {} }]'),
    says: 'dk.yaml:12:31 spec.env[0].valueFrom: needs one of secretKeyRef and configMapKeyRef',
  },
  {
    rule: 'variable-name',
    change: dk('env: [{ name: DK_CELL, value: x }]'),
    says: 'dk.yaml:12:17 spec.env[0].name: names that begin with DK_ belong to dk',
  },
  {
    rule: 'variable-name',
    change: dk('env: [{ name: A, value: x }, { name: A, value: y }]'),
    says: 'dk.yaml:12:40 spec.env[1].name: this variable stands here twice',
  },
  {
    rule: 'timeout',
    change: dk('timeout: 5 minutes'),
    says: 'dk.yaml:12:12 spec.timeout: must be a duration above zero, such as 90s, 20m or 1h30m',
  },
  { rule: 'timeout', change: dk('timeout: 0s'), says: 'dk.yaml:12:12 spec.timeout: must be a duration above zero' },
  {
    rule: 'quantities',
    change: dk('resources: { requests: { memory: 512MB } }'),
    says: 'dk.yaml:12:36 spec.resources.requests.memory: must be a Kubernetes quantity, such as 200m or 512Mi',
  },
  {
    rule: 'quantities',
    change: dk('resources: { limits: { memry: 512Mi } }'),
    says: 'dk.yaml:12:26 spec.resources.limits.memry: is none of cpu, memory, ephemeral-storage; did you mean "memory"?',
  },
  {
    rule: 'quantities',
    change: dk('resources: { cpu: -1 }'.replace('-1', '"-1"')),
    says: 'dk.yaml:12:21 spec.resources.cpu: must be a Kubernetes quantity',
  },
  {
    rule: 'requests-within-limits',
    change: dk('resources: { requests: { memory: 1Gi }, limits: { memory: 512Mi } }'),
    says: 'dk.yaml:12:36 spec.resources.requests.memory: is more than the limit of 512Mi',
  },
  {
    rule: 'trigger',
    change: dk('trigger: { policy: schedule }'),
    says: 'dk.yaml:12:12 spec.trigger: runs by a schedule, so it needs schedule.cron',
  },
  {
    rule: 'trigger',
    change: dk('trigger: { policy: composite }'),
    says: 'dk.yaml:12:12 spec.trigger: is composite, so it needs policies',
  },
  {
    rule: 'trigger',
    change: dk('trigger: { schedule: { cron: "@daily" } }'),
    says: 'dk.yaml:12:14 spec.trigger.schedule: is never used: the policy is manual',
  },
  {
    rule: 'trigger',
    change: dk('trigger: { policy: on-change, policies: [manual] }'),
    says: 'dk.yaml:12:33 spec.trigger.policies: are never used: the policy is on-change',
  },
  {
    rule: 'cron',
    change: dk('trigger: { policy: schedule, schedule: { cron: "0 25 * * *" } }'),
    says: 'dk.yaml:12:50 spec.trigger.schedule.cron: hour "25" is not within 0-23',
  },
  {
    rule: 'time-zone',
    change: dk('trigger: { policy: schedule, schedule: { cron: "@daily", timezone: Europe/Berln } }'),
    says: 'dk.yaml:12:70 spec.trigger.schedule.timezone: "Europe/Berln" is not an IANA time zone such as Europe/Berlin; did you mean "Europe/Berlin"?',
  },
  {
    rule: 'version',
    change: { file: 'dk.yaml', from: 'version: 1.0.0', to: 'version: v1.0.0' },
    says: 'dk.yaml:5:12 metadata.version: must have no leading v; did you mean "1.0.0"?',
  },
  {
    rule: 'version',
    change: connector('{ type: shop, capabilities: [source], version: latest }'),
    says: 'connector/shop.yaml:4:54 spec.version: must be a version such as 1.2.4',
  },
  {
    rule: 'package-name',
    change: { file: 'dk.yaml', from: 'good-node', to: 'good--node' },
    says: 'dk.yaml:4:9 metadata.name: must not have two hyphens in a row',
  },
  {
    rule: 'secret-in-variable',
    change: dk('env: [{ name: API_TOKEN, value: hunter2 }]'),
    says: 'dk.yaml:12:35 warning: spec.env[0].value: looks like a secret; use valueFrom.secretKeyRef',
  },
  {
    rule: 'dotenv-ignored',
    change: [],
    facts: { dotEnv: 'exposed' },
    says: 'dk.yaml:1:1 warning: beside this file is a .env that Git would take; write .env into .gitignore',
  },
  {
    rule: 'secret-reference',
    change: warehouse('${PG_PASS}', 'hunter2'),
    says: 'store/warehouse.yaml:13:15 spec.secrets.password: must be a ${KEY} and nothing else, such as ${PG_PASS}',
  },
  {
    rule: 'secret-in-connection',
    change: warehouse('host: ${PG_HOST}', 'password: hunter2'),
    says: 'store/warehouse.yaml:8:15 spec.connection.password: is a secret; say password: ${PG_PASS} under secrets',
  },
  {
    rule: 'secret-in-connection',
    change: warehouse('host: ${PG_HOST}', 'connection_string: postgresql://me:hunter2@db/shop'),
    says: 'store/warehouse.yaml:8:24 spec.connection.connection_string: holds a password; leave it out',
  },
  {
    rule: 'connection-scalar',
    change: warehouse('${PG_PORT}', '{ number: 5432 }'),
    says: 'store/warehouse.yaml:9:11 spec.connection.port: must be a string, a number or a boolean',
  },
  {
    rule: 'connection-complete',
    change: warehouse('host: ${PG_HOST}', 'dbname: shop'),
    says: 'store/warehouse.yaml:7:3 spec.connection: a Store of postgres needs connection_string or host',
  },
  {
    rule: 'connection-complete',
    change: [
      connector(
        '{ type: shop, capabilities: [source], connectionSchema: { url: {}, key: { field: password, secret: true } } }',
      ),
      warehouse('connector: postgres', 'connector: shop'),
    ],
    says: 'store/warehouse.yaml:7:3 spec.connection: a Store of shop needs url',
  },
  {
    rule: 'connection-field',
    change: warehouse('database:', 'databse:'),
    says: 'store/warehouse.yaml:10:5 warning: spec.connection.databse: a Store of postgres has no such field; did you mean "database"?',
  },
  {
    rule: 'connector-known',
    change: warehouse('connector: postgres', 'connector: postgress'),
    says: 'store/warehouse.yaml:6:14 spec.connector: there is no connector "postgress" in connector/, and none built in; did you mean "postgres"?',
  },
  {
    rule: 'connector-version',
    change: [
      connector('{ type: postgres, capabilities: [source], version: 1.5.0 }'),
      warehouse('connector: postgres', 'connector: shop\n  connectorVersion: ^2.0.0'),
    ],
    says: 'store/warehouse.yaml:7:21 spec.connectorVersion: the connector "shop" has version 1.5.0',
  },
  {
    rule: 'connector-version',
    change: warehouse('connector: postgres', 'connector: postgres\n  connectorVersion: newest'),
    says: 'store/warehouse.yaml:7:21 spec.connectorVersion: must be a semver range such as ^1.2.0',
  },
  {
    rule: 'store-name',
    change: {
      file: 'store/x.yaml',
      to: `${header('Store', 'dsn-x')}spec: { connector: s3, connection: { bucket: b } }\n`,
    },
    says: 'store/x.yaml:3:19 metadata.name: must not be dsn or type, nor begin with dsn- or type-',
  },
  {
    rule: 'variable-collision',
    change: [
      {
        file: 'store/x.yaml',
        to: `${header('Store', 'a')}spec: { connector: s3, connection: { bucket: b, b_region: x } }\n`,
      },
      {
        file: 'store/y.yaml',
        to: `${header('Store', 'a-b')}spec: { connector: s3, connection: { bucket: b, region: x } }\n`,
      },
    ],
    says: 'store/y.yaml:3:19 metadata.name: the variable DK_STORE_A_B_REGION would belong to the Stores "a" and "a-b"',
  },
];

test('the rules have nothing to say of a good package', () => {
  expect(judge([])).toEqual([]);
});

test.each(breaches)('$rule: $says', ({ rule, change, facts, says }) => {
  const broken = judge([change].flat(), facts).filter((problem) => problem.rule === rule);
  expect(broken.map((problem) => problemText(problem).slice(0, says.length))).toEqual([says]);
});

test('every rule is broken by one of these tests', () => {
  expect([...new Set(breaches.map(({ rule }) => rule))].sort()).toEqual(packageRules.map(({ id }) => id).sort());
});

test('every rule says what it checks and why', () => {
  expect(packageRules.filter(({ checks, why }) => checks === '' || why === '')).toEqual([]);
});

const acceptable: [what: string, change: Breach['change'], facts?: Breach['facts']][] = [
  [
    'a composite trigger of a schedule',
    dk('trigger: { policy: composite, policies: [schedule, on-change], schedule: { cron: "@daily" } }'),
  ],
  ['a command instead of an entry point', dk('command: [npm, start]'), { existing: new Set<string>() }],
  ['an image instead of an entry point', dk('image: "registry.example/${IMAGE}"'), { existing: new Set<string>() }],
  ['a cell in the old spelling', input('{ dataset: orders, cell: cell-us-east }')],
  ['a version range that a prerelease fits', input('{ dataset: orders, version: ">=0.9.0-0" }')],
  ['a group as an input', [group('{ store: warehouse, datasets: [orders] }'), input('dataset: all')]],
  ['labels as an input', input('tags: { domain: sales }')],
  [
    'a secret reference within a URL',
    warehouse('host: ${PG_HOST}', 'connection_string: "postgresql://${PG_USER}:${PG_PASS}@db/shop"'),
  ],
  [
    'a URL with a port and an at sign in its query',
    warehouse('host: ${PG_HOST}', 'connection_string: "postgresql://db:5432/shop?options=a@b"'),
  ],
  [
    'a Store that the provider of a connector fits',
    [
      connector('{ type: postgres, provider: acme, capabilities: [source] }'),
      warehouse('connector: postgres', 'connector: acme'),
    ],
  ],
];

test.each(acceptable)('the rules have nothing to say of %s', (_, change, facts) => {
  expect(judge([change].flat(), facts).map(problemText)).toEqual([]);
});

test('what a mistyped field causes is not told beside it', () => {
  expect(judge([input('datset: orders'), orders('table: orders', 'tabel: orders')])).toEqual([]);
});

test.each([
  'postgresql://me:hunter2@db/shop',
  'postgresql://me:p@ss/word@db/shop',
  'postgresql://:hunter2@db/shop',
  'postgresql://db/shop?password=hunter2',
  'host=db user=me password=hunter2',
])('the password in %s is found, never shown, and its line never quoted', (text) => {
  const [problem, ...others] = judge([warehouse('host: ${PG_HOST}', `connection_string: "${text}"`)]);
  expect(others).toEqual([]);
  expect(problem).toMatchObject({ rule: 'secret-in-connection', secret: true });
  expect(problem?.message).not.toMatch(/hunter2|ss\/word/);
});
