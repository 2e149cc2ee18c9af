import { join } from 'node:path';
import { expect, test } from 'vitest';
import { placesOfThisFile } from '../places.ts';
import { fakeProgram } from './fake-program.ts';

const open = placesOfThisFile();
const go = { runtime: 'generic-go' } as const;
const dbt = { runtime: 'dbt' } as const;

/** Writes a shell script where `go build` would write a program. */
const fakeGo = 'printf \'#!/bin/sh\\necho "built in %s:" "$@"\\nexit 7\\n\' "$PWD" > "$3" && chmod +x "$3"';

test('go is built and the program itself is started, with its own exit code', async () => {
  const { program, PATH } = await fakeProgram('go', fakeGo);
  const place = await open({ 'src/main.go': 'package main' }, { PATH });
  const { record } = await place.launch({ ...go, args: ['--fast'] });
  expect(record.exitCode).toBe(7);
  expect(place.stdout()).toBe(`built in ${place.directory}/src: --fast\n`);
  expect(await program.calls()).toEqual([`build -o ${place.records.folder(record.id).private}/main .`]);
});

test('the only folder in cmd is the entry point of go', async () => {
  const { PATH } = await fakeProgram('go', fakeGo);
  const place = await open({ 'cmd/sync/main.go': 'package main' }, { PATH });
  await place.launch(go);
  expect(place.stdout()).toBe(`built in ${place.directory}/cmd/sync:\n`);
});

test('several folders in cmd need a choice', async () => {
  const place = await open({ 'cmd/a/main.go': '', 'cmd/b/main.go': '' });
  await expect(place.launch(go)).rejects.toMatchObject({ kind: 'invalid', why: ['cmd/a', 'cmd/b'] });
});

test('go that does not compile is a failure of the package', async () => {
  const { PATH } = await fakeProgram('go', 'echo "main.go:1:1: expected package" >&2; exit 1');
  const place = await open({ 'src/main.go': '' }, { PATH });
  await expect(place.launch(go)).rejects.toMatchObject({
    kind: 'packageFailed',
    message: 'Building src: the command failed with exit code 1',
  });
  expect(place.stderr()).toContain('main.go:1:1: expected package');
});

test('dbt builds the project, with the profiles that lie beside it', async () => {
  const { program, PATH } = await fakeProgram('dbt', '');
  const place = await open({ 'src/dbt_project.yml': '', 'src/profiles.yml': '' }, { PATH });
  await place.launch(dbt);
  const project = join(place.directory, 'src');
  expect(await program.calls()).toEqual([`build --project-dir ${project} --profiles-dir ${project}`]);
});

test('the packages of a dbt project are installed when they are not there', async () => {
  const { program, PATH } = await fakeProgram('dbt', '');
  const place = await open({ 'dbt_project.yml': '', 'packages.yml': '' }, { PATH });
  await place.launch(dbt);
  await place.write({ 'dbt_packages/utils/dbt_project.yml': '' });
  await place.launch(dbt);
  const [deps, ...builds] = await program.calls();
  expect(deps).toBe(`deps --project-dir ${place.directory}`);
  expect(builds).toEqual(Array(2).fill(`build --project-dir ${place.directory}`));
});

test.each([
  ['generic-go', 'go', { 'src/main.go': '' }],
  ['dbt', 'dbt', { 'dbt_project.yml': '' }],
] as const)('without its tool a package of runtime %s fails naming %s', async (runtime, tool, files) => {
  const place = await open(files, { PATH: '/no-such-folder' });
  await expect(place.launch({ runtime })).rejects.toMatchObject({
    kind: 'prerequisite',
    message: `The program ${tool} was not found`,
  });
});

test.each([
  'generic-node',
  'generic-python',
  'generic-go',
  'dbt',
] as const)('a package of runtime %s without an entry point says what was looked for', async (runtime) => {
  const place = await open({ 'dk.yaml': '' });
  const error = await place.launch({ runtime }).catch((thrown) => thrown);
  expect(error).toMatchObject({ kind: 'invalid', message: 'The package has no entry point' });
  expect(error.why[0]).toContain(place.directory);
});

test('cloudquery needs a command, and runs with one', async () => {
  const place = await open({});
  await expect(place.launch({ runtime: 'cloudquery' })).rejects.toMatchObject({
    kind: 'prerequisite',
    message: 'The package does not say how CloudQuery is started',
  });
  await place.launch({ runtime: 'cloudquery', command: ['echo', 'sync'] });
  expect(place.stdout()).toBe('sync\n');
});
