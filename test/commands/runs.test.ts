import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { logs } from '../../src/commands/logs.ts';
import { ps } from '../../src/commands/ps.ts';
import { stop } from '../../src/commands/stop.ts';
import { placesOfThisFile } from '../launch/places.ts';

const open = placesOfThisFile();
const script =
  'if (process.argv[2] === "stay") setInterval(() => {}, 1000); else process.exitCode = 3; console.log("up");';

async function openWithRuns() {
  const place = await open({ 'src/main.js': script });
  const { record: ended } = await place.launch({ run: { cell: 'canary' } });
  const running = place.launch({ args: ['stay'] });
  await expect.poll(place.stdout, { timeout: 15_000 }).toBe('up\nup\n');
  const [recent] = await place.records.list();
  if (!recent) throw new Error('the running run has no record');
  return { ...place, ended, recent, running };
}

test('ps shows running runs, and the ended ones too with --all', async () => {
  const place = await openWithRuns();
  await ps(place.context, { all: false, output: 'table' });
  await ps(place.context, { all: true, output: 'table' });
  const [, , header, now, ...all] = place.stdout().trimEnd().split('\n');
  expect(header?.split(/ {2,}/)).toEqual([
    'RUN',
    'PACKAGE',
    'VERSION',
    'CELL',
    'LAUNCH',
    'STATUS',
    'STARTED',
    'DURATION',
    'EXIT',
  ]);
  expect(now).toMatch(new RegExp(`^${place.recent.id} +tiny +1\\.2\\.3 +process +running +\\d+s +[\\d.]+ m?s$`));
  expect(all).toHaveLength(3);
  expect(all[2]).toMatch(
    new RegExp(`^${place.ended.id} +tiny +1\\.2\\.3 +canary +process +failed +\\d+s +[\\d.]+ m?s +3$`),
  );
  place.interrupt();
  await place.running;
});

test('ps without a running run says how the others are shown', async () => {
  const place = await open({ 'src/main.js': '' });
  await ps(place.context, { all: false, output: 'table' });
  expect(place.stderr()).toBe('');
  await place.launch();
  await ps(place.context, { all: false, output: 'table' });
  expect(place.stderr()).toBe('nothing runs; those that have ended: dk ps --all\n');
});

test('ps gives whole records as JSON and YAML', async () => {
  const place = await open({ 'src/main.js': '' });
  const { record } = await place.launch();
  await ps(place.context, { all: true, output: 'json' });
  const json = place.stdout();
  expect(JSON.parse(json)).toEqual({ apiVersion: 'datakit.infoblox.dev/cli/v1', kind: 'RunList', runs: [record] });
  await ps(place.context, { all: true, output: 'yaml' });
  expect(parse(place.stdout().slice(json.length))).toEqual(JSON.parse(json));
});

test('logs and stop name what there is not', async () => {
  const place = await open({ 'src/main.js': 'console.log("up")' });
  await expect(logs(place.context, { follow: false })).rejects.toMatchObject({
    kind: 'notFound',
    message: 'There is no run yet',
  });
  await place.launch();
  const unknown = { kind: 'notFound', message: 'There is no run or package other', next: ['dk ps --all'] };
  await expect(logs(place.context, { run: 'other', follow: true })).rejects.toMatchObject(unknown);
  await expect(stop(place.context, { run: 'other' })).rejects.toMatchObject(unknown);
});

test('logs of the newest run are shown without a name', async () => {
  const place = await open({ 'src/main.js': 'console.log(process.argv[2])' });
  for (const word of ['first', 'second']) await place.launch({ args: [word] });
  await logs(place.context, { follow: true });
  expect(place.stdout()).toBe('first\nsecond\nsecond\n');
});

test('stop of a run that has ended says so and is no failure', async () => {
  const place = await open({ 'src/main.js': '' });
  const { record } = await place.launch();
  await stop(place.context, { run: record.id });
  expect(place.stderr()).toBe(`${record.id} has already ended: succeeded\n`);
});
