import { readFile, stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { failureOf } from '../../src/launch/launch-run.ts';
import { placesOfThisFile } from './places.ts';

const open = placesOfThisFile();

test('a node package runs in its folder, with its arguments, to a record of success', async () => {
  const place = await open({ 'src/main.js': 'console.log(process.cwd(), ...process.argv.slice(2))' });
  const outcome = await place.launch({ args: ['from-spec'], options: { args: ['from-user'] } });
  expect(place.stdout()).toBe(`${place.directory} from-spec from-user\n`);
  expect(outcome.record).toMatchObject({
    package: 'tiny',
    version: '1.2.3',
    status: 'succeeded',
    exitCode: 0,
    signal: null,
  });
  expect(outcome.record.finishedAt).not.toBeNull();
  expect(await place.records.list()).toEqual([outcome.record]);
  expect(failureOf(place.context, outcome)).toBeUndefined();
});

test('a python package runs and is heard before it ends', async () => {
  const place = await open({ 'src/main.py': 'import sys, time\nprint("up")\ntime.sleep(60)\n' });
  const running = place.launch({ runtime: 'generic-python' });
  await expect.poll(place.stdout, { timeout: 15_000 }).toBe('up\n');
  place.interrupt();
  expect((await running).record).toMatchObject({ status: 'stopped', signal: 'SIGTERM' });
});

test('an exit code is in the record, and in the failure with the last lines of stderr', async () => {
  const place = await open({ 'src/main.mjs': 'console.error("no such table"); process.exitCode = 42' });
  const outcome = await place.launch();
  expect(outcome.record).toMatchObject({ status: 'failed', exitCode: 42 });
  const failure = failureOf(place.context, outcome);
  expect(failure).toMatchObject({ kind: 'packageFailed', message: 'The package tiny failed with exit code 42' });
  expect(failure?.why).toEqual(['no such table']);
  expect(failure?.next).toEqual([`dk logs ${outcome.record.id}`]);
});

test('a signal that ended the package is in the record and the failure', async () => {
  const place = await open({ 'src/main.js': 'process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000)' });
  const outcome = await place.launch();
  expect(outcome.record).toMatchObject({ status: 'failed', exitCode: null, signal: 'SIGKILL' });
  expect(failureOf(place.context, outcome)?.message).toBe('The package tiny was ended by SIGKILL');
});

test('the run spec is a private file that is gone after the run', async () => {
  const show = `
    const { readFileSync, statSync } = require('node:fs');
    const { dirname } = require('node:path');
    const file = process.env.DK_RUN_SPEC;
    const mode = (path) => (statSync(path).mode & 0o777).toString(8);
    console.log(JSON.stringify({ file, modes: [mode(file), mode(dirname(file))], spec: JSON.parse(readFileSync(file)) }));`;
  const place = await open({ 'src/main.js': show });
  const store = {
    cell: 'canary',
    name: 'warehouse',
    connector: 'postgres',
    fields: { host: 'db', password: 'hunter22' },
    secretFields: ['password'],
    dsn: 'postgresql://canary:hunter22@db:5432/dp',
  };
  const schema = [{ name: 'id', type: 'integer' }];
  const port = { dataset: 'users', cell: 'canary', store: 'warehouse', connector: 'postgres', table: 'users', schema };
  const outcome = await place.launch({ run: { cell: 'canary', inputs: [port], stores: [store] } });
  const { file, modes, spec } = JSON.parse(place.stdout());
  expect(modes).toEqual(['600', '700']);
  expect(spec).toEqual({
    run: outcome.record.id,
    package: 'tiny',
    version: '1.2.3',
    cell: 'canary',
    inputs: [{ ...port, dsn: store.dsn, fields: store.fields }],
    outputs: [],
  });
  await expect(stat(file)).rejects.toThrow('ENOENT');
});

test('no file of a run holds a secret afterwards, and no other user can read one', async () => {
  const place = await open({ 'src/main.js': 'console.log("password is", process.env.DK_STORE_W_PASSWORD)' });
  const variables = { DK_STORE_W_PASSWORD: 'correct-horse' };
  const { record } = await place.launch({ run: { variables, secretValues: ['correct-horse'] } });
  const folder = place.records.folder(record.id);
  expect(place.stdout()).toBe('password is ***\n');
  for (const file of [folder.log, folder.record]) {
    expect(await readFile(file, 'utf8')).not.toContain('correct-horse');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  }
  expect((await stat(folder.directory)).mode & 0o777).toBe(0o700);
  await expect(stat(folder.private)).rejects.toThrow('ENOENT');
});

test('the command of the Transform replaces the entry point', async () => {
  const place = await open({ 'run.sh': '#!/bin/sh\necho own "$@"\n', 'src/main.js': 'console.log("entry point")' });
  await place.launch({ command: ['./run.sh', 'a'], args: ['b'], options: { args: ['c'] } });
  expect(place.stdout()).toBe('own a b c\n');
});

test('a package sees its own variables, and -e is stronger than they are', async () => {
  const place = await open({
    'src/main.js': 'console.log(process.env.MODE, process.env.LEVEL, process.env.DK_RUN_ID)',
  });
  const { record } = await place.launch({
    run: { variables: { MODE: 'spec', LEVEL: 'spec' } },
    options: { extraEnv: { LEVEL: 'user' } },
  });
  expect(place.stdout()).toBe(`spec user ${record.id}\n`);
});

test('a package that cannot be started leaves no record', async () => {
  const place = await open({});
  await expect(place.launch()).rejects.toMatchObject({ kind: 'invalid', message: 'The package has no entry point' });
  await expect(place.launch({ command: ['no-such-program'] })).rejects.toMatchObject({
    kind: 'prerequisite',
    message: 'The program no-such-program was not found',
  });
  await place.write({ 'run.txt': 'not a program' });
  await expect(place.launch({ command: ['./run.txt'] })).rejects.toMatchObject({
    kind: 'prerequisite',
    next: [`chmod +x ${place.directory}/run.txt`],
  });
  expect(await place.records.list()).toEqual([]);
});
