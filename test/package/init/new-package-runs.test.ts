import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { initPackage } from '../../../src/package/init/init-package.ts';
import { templateRuntimes } from '../../../src/package/init/runtime.ts';
import { loadValidPackage } from '../../../src/package/load.ts';
import { type Bucket, startBucket } from '../../examples/bucket.ts';
import { commands, launchPackage, summaryOf } from '../../examples/launch-package.ts';
import { datasetOf } from '../../examples/tables.ts';

let lake: Bucket;
let directory: string;

beforeAll(async () => {
  lake = await startBucket();
});
afterAll(() => lake?.close());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dk-new-package-'));
  await lake.empty();
});
afterEach(() => rm(directory, { recursive: true }));

describe.each(templateRuntimes)('a new package for %s', (runtime) => {
  beforeEach(() => initPackage({ directory, name: 'revenue', runtime }));

  const run = (keys: Readonly<Record<string, string>> = {}) =>
    launchPackage({ directory, command: commands[runtime], keys: { ...lake.keys, ...keys } });

  test('turns its seed rows into the revenue of each day, with nothing to install', async () => {
    const orders = datasetOf(await loadValidPackage(directory, { cwd: directory }), 'orders').dev?.seed?.inline ?? [];
    await lake.put('orders/seed.ndjson', orders.map((order) => `${JSON.stringify(order)}\n`).join(''));
    const { exitCode, stdout, stderr } = await run();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(summaryOf(stdout)).toMatchObject({ objects: 1, days: 3 });
    const written = (await lake.objects())['daily-revenue/daily-revenue.ndjson'] ?? '';
    expect(
      written
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { day: '2025-03-01', orders: 2, revenue_cents: 6249 },
      { day: '2025-03-02', orders: 2, revenue_cents: 12799 },
      { day: '2025-03-04', orders: 1, revenue_cents: 3450 },
    ]);
  });

  test('runs before there are any orders, and says how to get some', async () => {
    const { exitCode, stdout, stderr } = await run();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(summaryOf(stdout)).toMatchObject({ objects: 0, days: 0 });
    expect(stdout).toContain('dk dev seed');
    expect(await lake.objects()).toEqual({ 'daily-revenue/daily-revenue.ndjson': '' });
  });

  test('reads every object under its prefix, whatever it is called, and none beside it', async () => {
    const order = (id: number) =>
      JSON.stringify({ order_id: id, ordered_at: '2025-03-01T00:00:00Z', amount_cents: id });
    await lake.put("orders/a b+c&d=(e)'é/~%2F.ndjson", `${order(1)}\n${order(2)}`);
    await lake.put('orders/z.ndjson', `${order(4)}\n`);
    await lake.put('orders-of-others/a.ndjson', `${order(8)}\n`);
    const { stdout } = await run();
    expect(summaryOf(stdout)).toMatchObject({ objects: 2, days: 1 });
    expect((await lake.objects())['daily-revenue/daily-revenue.ndjson']).toMatch(/"revenue_cents": ?7\}\n$/);
  });

  test('tells a wrong key in the words of the service, and not the key', async () => {
    const { exitCode, stderr } = await run({ S3_SECRET_ACCESS_KEY: 'wrong-key' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('SignatureDoesNotMatch');
    expect(stderr).not.toContain('wrong-key');
  });
});

const listing = {
  node: (folder: string) => [
    process.execPath,
    '--input-type=module',
    '--eval',
    `import { openFolder } from ${JSON.stringify(join(folder, 'src/s3.mjs'))};
     console.log(JSON.stringify(await openFolder('lake', ['orders/']).list(2)));`,
  ],
  python: (folder: string) => [
    'python3',
    '-B',
    '-c',
    `import json, sys
sys.path.insert(0, ${JSON.stringify(join(folder, 'src'))})
from s3 import Bucket
print(json.dumps(list(Bucket('lake', folder=['orders/']).list(page_size=2))))`,
  ],
};

test.each(templateRuntimes)('the S3 helper for %s lists page after page', async (runtime) => {
  await initPackage({ directory, name: 'revenue', runtime });
  const names = ['1', '2', 'a b', 'c+d', 'e'];
  for (const name of names) await lake.put(`orders/${name}`, '');
  const [program = '', ...args] = listing[runtime](directory);
  const env = {
    AWS_ENDPOINT_URL_S3: lake.keys['S3_ENDPOINT'],
    AWS_REGION: lake.keys['S3_REGION'],
    AWS_ACCESS_KEY_ID: lake.keys['S3_ACCESS_KEY_ID'],
    AWS_SECRET_ACCESS_KEY: lake.keys['S3_SECRET_ACCESS_KEY'],
  };
  const { stdout } = await execa(program, args, { env });
  expect(JSON.parse(stdout)).toEqual(names);
});
