import { mkdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { failureOf, launchRun } from '../../src/launch/launch-run.ts';
import { rerunOnChange } from '../../src/launch/rerun-on-change.ts';
import { watchFolder } from '../../src/launch/watch-folder.ts';
import { identityOf } from '../../src/tools/processes.ts';
import { untilSaid } from './place.ts';
import { placesOfThisFile } from './places.ts';

const open = placesOfThisFile();

async function openWatched(files: Record<string, string>) {
  const place = await open(files);
  const run = async (context: typeof place.context) => {
    const outcome = await launchRun(context, place.describe(), { records: place.records, onlookers: context });
    const failure = failureOf(context, outcome);
    if (failure) throw failure;
  };
  const watching = rerunOnChange(place.context, place.directory, run);
  const ended = watching.catch((error: unknown) => error);
  return {
    ...place,
    interrupt: async () => {
      place.interrupt();
      return ended;
    },
  };
}

test('a package runs again when one of its files changes, and Ctrl-C ends it', async () => {
  const place = await openWatched({ 'src/main.js': 'console.log("one")' });
  await untilSaid(place.stderr, 'waiting for a change');
  await place.write({ 'src/main.js': 'console.log("two")' });
  await untilSaid(place.stderr, /(waiting for a change[\s\S]*){2}/);
  expect(place.stdout()).toBe('one\ntwo\n');
  expect(place.stderr()).toContain('src/main.js has changed');
  expect(await place.interrupt()).toMatchObject({ kind: 'interrupted' });
  expect((await place.records.list()).map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
});

test('a run in progress is stopped first, with all of its processes', async () => {
  const place = await openWatched({ 'src/main.js': 'console.log("pid", process.pid); setInterval(() => {}, 1000)' });
  await untilSaid(place.stdout, /pid \d+\n/);
  const first = Number(/pid (\d+)/.exec(place.stdout())?.[1]);
  await place.write({ 'dk.yaml': 'changed' });
  await untilSaid(place.stdout, /pid \d+\npid \d+\n/);
  expect(await identityOf(first)).toBeUndefined();
  await place.interrupt();
  expect((await place.records.list()).map(({ status }) => status)).toEqual(['stopped', 'stopped']);
  expect(place.stderr()).not.toContain('error');
});

test('a run that fails is reported, and the next change runs it again', async () => {
  const place = await openWatched({ 'src/main.js': 'process.exit(3)' });
  await untilSaid(place.stderr, /error: The package tiny failed with exit code 3[\s\S]*waiting for a change/);
  await rm(join(place.directory, 'src/main.js'));
  await untilSaid(place.stderr, /error: The package has no entry point[\s\S]*waiting for a change/);
  await place.write({ 'src/main.js': 'console.log("mended")' });
  await untilSaid(place.stdout, 'mended');
  await place.interrupt();
});

test('folders that are made later are watched too', async () => {
  const place = await openWatched({ 'src/main.js': 'console.log("run")' });
  await untilSaid(place.stdout, /^run\n$/);
  await mkdir(join(place.directory, 'dataset/deep'), { recursive: true });
  await untilSaid(place.stdout, /^run\nrun\n$/);
  await untilSaid(place.stderr, /(waiting for a change[\s\S]*){2}/);
  await place.write({ 'dataset/deep/users.yaml': 'kind: DataSet' });
  await untilSaid(place.stderr, 'dataset/deep/users.yaml has changed');
  await place.interrupt();
});

test('what is installed, compiled or hidden is not watched, but .env is', async () => {
  const ignored = [
    'node_modules/dep/index.js',
    '.git/HEAD',
    '.venv/pyvenv.cfg',
    'dist/main.js',
    'src/main.pyc',
    'src/.x.swp',
  ];
  const place = await open(Object.fromEntries(ignored.map((name) => [name, ''])));
  const changed = new Set<string>();
  const onError = (error: unknown) => void changed.add(String(error));
  const watcher = await watchFolder(place.directory, {
    onChange: (path) => changed.add(relative(place.directory, path)),
    onError,
  });
  for (const name of ignored) await place.write({ [name]: 'changed' });
  await place.write({ '.env': 'PG_PASS=x' });
  await expect.poll(() => [...changed]).toContain('.env');
  watcher.close();
  expect([...changed]).toEqual(['.env']);
});
