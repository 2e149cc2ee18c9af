import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { placesOfThisFile } from '../places.ts';
import { fakeProgram } from './fake-program.ts';

const open = placesOfThisFile();

const packageJson = (dependencies: Record<string, string>) =>
  JSON.stringify({ name: 'tiny', private: true, dependencies });
const installed = (name: string, version: string) => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, version, main: 'index.js' }),
  [`node_modules/${name}/index.js`]: `module.exports = '${name} ${version}'`,
});

test('npm is not called when every declared dependency resolves', async () => {
  const { program, PATH } = await fakeProgram('npm', 'exit 1');
  const place = await open(
    {
      'package.json': packageJson({
        plain: '^1.2.0',
        '@scope/pre': '>=2.0.0-0',
        linked: 'workspace:*',
        git: 'github:a/b',
      }),
      'src/main.js': 'console.log(require("plain"))',
      ...installed('plain', '1.4.0'),
      ...installed('@scope/pre', '2.1.0-rc.1'),
      ...installed('linked', '0.0.0'),
      ...installed('git', '3.0.0'),
    },
    { PATH },
  );
  await place.launch();
  expect(place.stdout()).toBe('plain 1.4.0\n');
  expect(place.stderr()).toBe('');
  expect(await program.calls()).toEqual([]);
});

test('npm is called for a dependency that is missing or too old, without the variables of the run', async () => {
  const { program, PATH } = await fakeProgram('npm', 'echo "secret: $TOKEN"');
  const place = await open(
    {
      'package.json': packageJson({ absent: '1', old: '^2.0.0', there: '1' }),
      'src/main.js': '',
      ...installed('old', '1.9.0'),
      ...installed('there', '1.0.0'),
    },
    { PATH },
  );
  await place.launch({ run: { variables: { TOKEN: 'correct-horse' } } });
  expect(place.stderr()).toBe('Installing dependencies, for want of absent, old\nsecret: \n');
  expect(place.stdout()).toBe('');
  expect(await program.calls()).toEqual(['install --no-audit --no-fund']);
});

test('a lockfile makes it npm ci', async () => {
  const { program, PATH } = await fakeProgram('npm', '');
  const files = { 'package.json': packageJson({ absent: '1' }), 'package-lock.json': '{}', 'src/main.js': '' };
  const place = await open(files, { PATH });
  await place.launch();
  expect(await program.calls()).toEqual(['ci --no-audit --no-fund']);
});

test('a lockfile of another manager leaves the installation to it', async () => {
  const place = await open({ 'package.json': packageJson({ absent: '1' }), 'pnpm-lock.yaml': '', 'src/main.js': '' });
  await expect(place.launch()).rejects.toMatchObject({
    kind: 'prerequisite',
    message: 'Dependencies of the package are not installed: absent',
    next: [`(cd ${place.directory} && pnpm install)`],
  });
});

test('an installation that fails ends the launch with the command to paste', async () => {
  const { PATH } = await fakeProgram('npm', 'echo "404 absent"; exit 3');
  const place = await open({ 'package.json': packageJson({ absent: '1' }), 'src/main.js': '' }, { PATH });
  await expect(place.launch()).rejects.toMatchObject({
    kind: 'unhealthy',
    message: 'Installing dependencies, for want of absent: the command failed with exit code 3',
  });
  expect(place.stderr()).toContain('404 absent');
});

test('real npm installs once, and is not needed again', async () => {
  const place = await open({
    'package.json': packageJson({ beside: 'file:./beside' }),
    'beside/package.json': JSON.stringify({ name: 'beside', version: '1.0.0', main: 'index.js' }),
    'beside/index.js': 'module.exports = "installed"',
    'src/main.js': 'console.log(require("beside"))',
  });
  await place.launch();
  await place.launch();
  expect(place.stdout()).toBe('installed\ninstalled\n');
  expect(place.stderr().match(/Installing/g)).toHaveLength(1);
});

test('without npm the failure names it', async () => {
  const files = { 'package.json': packageJson({ absent: '1' }), 'src/main.js': '' };
  const place = await open(files, { PATH: '/no-such-folder' });
  await expect(place.launch()).rejects.toMatchObject({
    kind: 'prerequisite',
    message: 'The program npm was not found',
  });
});

test('--inspect opens the debugger of node on a port of the loopback address', async () => {
  const place = await open({ 'src/main.js': 'console.log(process.env.NODE_OPTIONS)' });
  await place.launch({ options: { inspect: true } });
  expect(place.stderr()).toMatch(/^Debugger listening on ws:\/\/127\.0\.0\.1:\d+\//);
  expect(place.stdout()).toBe('undefined\n');
});

test('--inspect refuses a command whose debugger it does not know', async () => {
  const place = await open({ 'run.sh': '#!/bin/sh\n' });
  const launched = place.launch({ command: ['./run.sh'], options: { inspect: true } });
  await expect(launched).rejects.toMatchObject({
    kind: 'usage',
    message: '--inspect does not know how to debug ./run.sh',
  });
});

test('a package.json that is not JSON is named', async () => {
  const place = await open({ 'package.json': '{', 'src/main.js': '' });
  await expect(place.launch()).rejects.toMatchObject({
    kind: 'invalid',
    message: `${join(place.directory, 'package.json')} is not JSON`,
  });
  expect(await readFile(join(place.directory, 'package.json'), 'utf8')).toBe('{');
});
