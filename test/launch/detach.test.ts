import { readdir, readFile, stat } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { logs } from '../../src/commands/logs.ts';
import { stop } from '../../src/commands/stop.ts';
import { stopRun } from '../../src/launch/stop-run.ts';
import { isAlive, stopProcess } from '../../src/tools/processes.ts';
import { buildEntry } from './build-entry.ts';
import { openPlace, openWorld, untilSaid } from './place.ts';

let entry: Awaited<ReturnType<typeof buildEntry>>;
beforeAll(async () => {
  entry = await buildEntry();
});
afterAll(() => entry.close());

const places: Awaited<ReturnType<typeof openPlace>>[] = [];
afterEach(async () => {
  for (const place of places.splice(0)) {
    const running = (await place.records.list()).filter(({ status }) => status === 'running');
    for (const run of running) await stopRun(place.context, place.records, run);
    await place.close();
  }
});

async function open(script: string) {
  const place = await openPlace({ 'src/main.js': script });
  places.push(place);
  Object.assign(place.context, { entry: entry.entry });
  return place;
}

const detach = { detach: true };
const stays = 'console.log("up"); setInterval(() => {}, 1000);';

test('a detached run goes on by itself and writes down its own end', async () => {
  const place = await open('setTimeout(() => { console.log("done"); process.exitCode = 3 }, 300)');
  const { record } = await place.launch({ options: detach });
  expect(record.status).toBe('running');
  expect(record.supervisor?.pid).not.toBe(process.pid);
  await expect.poll(async () => (await place.records.get(record.id))?.status, { timeout: 15_000 }).toBe('failed');
  expect(await place.records.get(record.id)).toMatchObject({ exitCode: 3 });
  await logs(place.context, { follow: false });
  expect(place.stdout()).toBe('done\n');
});

test('logs -f follows a run until it ends, each stream on its own', async () => {
  const script = `
    let count = 0;
    const timer = setInterval(() => {
      count += 1;
      process.stdout.write('out ' + count + (count === 3 ? '' : '\\n'));
      if (count === 2) console.error('warned');
      if (count === 3) clearInterval(timer);
    }, 100);`;
  const place = await open(script);
  await place.launch({ options: detach });
  const ours = openWorld(place.directory, place.context.env);
  const following = logs(ours.context, { run: 'tiny', follow: true });
  await untilSaid(ours.stdout, 'out 1');
  expect(ours.stdout()).not.toContain('out 3');
  await following;
  expect(ours.stdout()).toBe('out 1\nout 2\nout 3');
  expect(ours.stderr()).toBe('warned\n');
});

test('logs -f ends when it is interrupted, and the run goes on', async () => {
  const place = await open(stays);
  const { record } = await place.launch({ options: detach });
  const ours = openWorld(place.directory, place.context.env);
  const following = logs(ours.context, { follow: true });
  await untilSaid(ours.stdout, 'up');
  ours.interrupt();
  await expect(following).rejects.toMatchObject({ kind: 'interrupted' });
  expect((await place.records.get(record.id))?.status).toBe('running');
});

test('stop ends a detached run and its supervisor', async () => {
  const place = await open(stays);
  const { record } = await place.launch({ options: detach });
  await stop(place.context, { run: 'tiny' });
  expect(place.stderr()).toBe(`${record.id}: stopped\n`);
  const ended = await place.records.get(record.id);
  expect(ended).toMatchObject({ status: 'stopped', signal: 'SIGTERM' });
  for (const left of [ended?.supervisor, ended?.process]) expect(left && (await isAlive(left))).toBe(false);
});

test('a package whose supervisor was killed still counts as running, and stop ends it', async () => {
  const place = await open(stays);
  const { record } = await place.launch({ options: detach });
  if (record.supervisor) await stopProcess(record.supervisor, { signal: 'SIGKILL', graceMs: 5000 });
  expect((await place.records.get(record.id))?.status).toBe('running');
  await stop(place.context, { run: record.id });
  expect(record.process && (await isAlive(record.process))).toBe(false);
  expect(await place.records.get(record.id)).toMatchObject({ status: 'stopped' });
  await expect(stat(place.records.folder(record.id).private)).rejects.toThrow('ENOENT');
});

test('a run of which neither process nor supervisor is left is lost, and its secrets go with the next run', async () => {
  const place = await open(stays);
  const { record } = await place.launch({ options: detach });
  for (const victim of [record.supervisor, record.process]) {
    if (victim) await stopProcess(victim, { signal: 'SIGKILL', graceMs: 5000 });
  }
  expect((await place.records.get(record.id))?.status).toBe('lost');
  const folder = place.records.folder(record.id);
  expect(await readdir(folder.private)).toEqual(['run-spec.json']);
  await place.launch({ command: ['true'] });
  await expect(stat(folder.private)).rejects.toThrow('ENOENT');
  expect((await place.records.get(record.id))?.status).toBe('lost');
});

test('the timeout of a detached run is kept by its supervisor', async () => {
  const place = await open(stays);
  const { record } = await place.launch({ options: { ...detach, timeoutMs: 300 } });
  await expect.poll(async () => (await place.records.get(record.id))?.status, { timeout: 15_000 }).toBe('timed-out');
});

test('the secrets of a detached run are neither in its log nor left in a file', async () => {
  const place = await open('console.log(process.env.TOKEN); setInterval(() => {}, 1000)');
  const { record } = await place.launch({
    run: { variables: { TOKEN: 'correct-horse' }, secretValues: ['correct-horse'] },
    options: detach,
  });
  const folder = place.records.folder(record.id);
  expect(await readdir(folder.private)).toEqual(['run-spec.json']);
  await expect.poll(() => readFile(folder.log, 'utf8'), { timeout: 15_000 }).toMatch(/stdout F \*\*\*\n/);
  const supervisor = await readFile(`/proc/${record.supervisor?.pid}/cmdline`, 'utf8').catch(() => '');
  expect(supervisor).not.toContain('correct-horse');
});

test('a detached run that cannot be started says why and leaves no record', async () => {
  const place = await open(stays);
  await place.write({ 'run.sh': '#!/no/such/interpreter\n' });
  const launched = place.launch({ command: ['./run.sh'], options: detach });
  await expect(launched).rejects.toMatchObject({ message: 'The detached run could not be started' });
  expect(await place.records.list()).toEqual([]);
});
