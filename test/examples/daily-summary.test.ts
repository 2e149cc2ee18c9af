import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Bucket, startBucket } from './bucket.ts';
import { commands, launchPackage, summaryOf } from './launch-package.ts';

const directory = resolve('examples/daily-summary');
let lake: Bucket;

beforeAll(async () => {
  lake = await startBucket();
});
afterAll(() => lake?.close());
beforeEach(() => lake.empty());

const run = (keys: Readonly<Record<string, string>> = {}) =>
  launchPackage({ directory, command: commands.python, keys: { ...lake.keys, ...keys } });

const strongest = () => readFile(join(directory, 'data/strong-earthquakes.ndjson'), 'utf8');

test('the seeded events are summed up by day, and only the summary is printed', async () => {
  await lake.put('events/seed.ndjson', await strongest());
  const { exitCode, stdout, stderr } = await run();
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(summaryOf(stdout)).toMatchObject({ objects: 1, events: 85, days: 7 });
  const csv = (await lake.objects())['summary/daily-summary.csv']?.split('\n') ?? [];
  expect(csv[0]).toBe('day,events,mean_magnitude,max_magnitude,strongest_place,felt_reports,tsunami_alerts');
  expect(csv.find((line) => line.startsWith('2018-02-06'))).toContain(',6.4,"22km NNE of Hualian, Taiwan",');
});

test('events that lie in the lake twice count once, whatever their objects are called', async () => {
  const events = await strongest();
  await lake.put('events/a/b c+d&é.ndjson', events);
  await lake.put('events/date=2018-01-31/part-0000.ndjson', events);
  const { stdout } = await run();
  expect(summaryOf(stdout)).toMatchObject({ objects: 2, events: 85 });
});

test('an empty lake gives a table without rows', async () => {
  const { exitCode, stdout } = await run();
  expect(exitCode).toBe(0);
  expect(summaryOf(stdout)).toMatchObject({ objects: 0, events: 0, days: 0 });
  expect((await lake.objects())['summary/daily-summary.csv']).toMatch(/^day,.*\n$/);
});

test('a wrong key is told in the words of the service', async () => {
  const { exitCode, stderr } = await run({ S3_SECRET_ACCESS_KEY: 'wrong-key' });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('403');
  expect(stderr).toContain('SignatureDoesNotMatch');
});
