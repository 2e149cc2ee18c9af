import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failureOf } from '../../src/launch/launch-run.ts';
import { outlast } from '../../src/launch/lifetime.ts';
import { openOutput } from '../../src/launch/output.ts';
import { processLauncher } from '../../src/launch/process.ts';
import { identityOf } from '../../src/tools/processes.ts';
import { untilSaid } from './place.ts';
import { placesOfThisFile } from './places.ts';

const open = placesOfThisFile();

/** Starts a shell of its own that ignores SIGTERM, and tells its number. */
const stubbornChild = () => `
  const { spawn } = require('node:child_process');
  const child = spawn('/bin/sh', ['-c', 'trap "" TERM; echo ready >&2; while :; do /bin/sleep 0.05; done']);
  child.stderr.once('data', () => console.log('child', child.pid));`;

function numberIn(text: string): number {
  const [, number] = /child (\d+)/.exec(text) ?? [];
  return Number(number);
}

test('an interrupted package may end in its own way', async () => {
  const place = await open({
    'src/main.js':
      'process.on("SIGTERM", () => { console.log("bye"); process.exit(7) }); console.log("up"); setInterval(() => {}, 1000)',
  });
  const running = place.launch();
  await untilSaid(place.stdout, 'up');
  place.interrupt();
  const outcome = await running;
  expect(place.stdout()).toBe('up\nbye\n');
  expect(outcome.record).toMatchObject({ status: 'stopped', exitCode: 7, signal: null });
  expect(failureOf(place.context, outcome)).toMatchObject({ kind: 'interrupted' });
});

test('a second signal kills the whole group at once, a grandchild that ignores SIGTERM too', async () => {
  const place = await open({ 'src/main.js': `process.on('SIGTERM', () => console.log('asked')); ${stubbornChild()}` });
  const running = place.launch();
  await untilSaid(place.stdout, /child \d+/);
  const grandchild = numberIn(place.stdout());
  place.interrupt();
  await untilSaid(place.stdout, 'asked');
  expect(await identityOf(grandchild)).toBeDefined();
  const before = performance.now();
  place.interrupt();
  const outcome = await running;
  expect(performance.now() - before).toBeLessThan(5000);
  expect(outcome.record).toMatchObject({ status: 'stopped', exitCode: null, signal: 'SIGKILL' });
  expect(await identityOf(grandchild)).toBeUndefined();
});

test('a grandchild that ignores SIGTERM is killed after its grace, though its parent has long ended', async () => {
  const place = await open({ 'src/main.js': stubbornChild() });
  const stop = new AbortController();
  const plan = {
    launch: 'process',
    file: process.execPath,
    args: ['src/main.js'],
    cwd: place.directory,
    env: {},
  } as const;
  const logFile = join(place.directory, 'output.log');
  const { context } = place;
  const output = openOutput({ logFile, secrets: [], now: context.now, onlookers: context, onLogError: () => {} });
  const running = await processLauncher.start(plan, output, context);
  const patience = { graceMs: 600, hurry: new AbortController().signal };
  const ending = outlast(running, { stop: stop.signal, timeoutMs: undefined, ...patience });
  await untilSaid(place.stdout, /child \d+/);
  const before = performance.now();
  stop.abort();
  expect(await ending).toEqual({ status: 'stopped', exitCode: null, signal: 'SIGTERM', reason: null });
  expect(performance.now() - before).toBeGreaterThan(600);
  expect(await identityOf(numberIn(place.stdout()))).toBeUndefined();
  await output.close();
});

test('children that a package left behind end with the run', async () => {
  const place = await open({
    'src/main.js': `
      const { spawn } = require('node:child_process');
      const child = spawn('sleep', ['600'], { stdio: 'inherit' });
      child.once('spawn', () => { console.log('child', child.pid); process.exit(0); });`,
  });
  const { record } = await place.launch();
  expect(record).toMatchObject({ status: 'succeeded', exitCode: 0 });
  expect(await identityOf(numberIn(place.stdout()))).toBeUndefined();
});

test('a daemon that left the group does not keep the run from ending', async () => {
  const place = await open({
    'src/main.js': `
      const { spawn } = require('node:child_process');
      const child = spawn('sleep', ['600'], { stdio: 'inherit', detached: true });
      child.once('spawn', () => { console.log('child', child.pid); process.exit(0); });`,
  });
  const { record } = await place.launch();
  process.kill(numberIn(place.stdout()), 'SIGKILL');
  expect(record).toMatchObject({ status: 'succeeded' });
});

test('a package that runs into its timeout is ended, and the record says so', async () => {
  const place = await open({ 'src/main.js': 'console.error("still at it"); setInterval(() => {}, 1000)' });
  const outcome = await place.launch({ options: { timeoutMs: 500 } });
  expect(outcome.record).toMatchObject({ status: 'timed-out', exitCode: null, signal: 'SIGTERM' });
  const failure = failureOf(place.context, outcome);
  expect(failure).toMatchObject({ kind: 'packageFailed', why: ['still at it'] });
  expect(failure?.message).toBe(`The run ${outcome.record.id} was ended by its timeout`);
});

test('a timeout longer than a timer can be does not end a run at once', async () => {
  const place = await open({ 'src/main.js': 'setTimeout(() => console.log("done"), 100)' });
  const { record } = await place.launch({ options: { timeoutMs: 30 * 24 * 60 * 60 * 1000 } });
  expect(record.status).toBe('succeeded');
});

test('a run that is interrupted before it starts leaves nothing', async () => {
  const place = await open({ 'src/main.js': 'console.log("up")' });
  place.interrupt();
  await expect(place.launch()).rejects.toMatchObject({ kind: 'interrupted' });
  expect(await place.records.list()).toEqual([]);
  expect(place.stdout()).toBe('');
});
