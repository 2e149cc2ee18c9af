import { execFileSync } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { placesOfThisFile } from '../places.ts';
import { fakeProgram } from './fake-program.ts';

const open = placesOfThisFile();
const python = { runtime: 'generic-python' } as const;

/** A wheel is a zip of a module and three lines about it. */
const makeWheel = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("tiny_dep.py", 'word = "installed"')
    wheel.writestr("tiny_dep-1.1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny-dep\\nVersion: 1.1\\n")
    wheel.writestr("tiny_dep-1.1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("tiny_dep-1.1.dist-info/RECORD", "")
`;

/** Misses something, makes a .venv that holds itself, and cannot install. */
const fakePython = `
case "$1 $2" in
  "-c "*) echo absent ;;
  "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python3" ;;
  *) exit 3 ;;
esac`;

test('pip is not called when all that requirements.txt asks for is met', async () => {
  const place = await open({
    'requirements.txt': '# a comment\n-r more.txt\n./local/path\nabsent ; python_version < "3"\n',
    'more.txt': 'pip>=1.0 # another\n',
    'src/main.py': 'print("up")',
  });
  await place.launch(python);
  expect([place.stdout(), place.stderr()]).toEqual(['up\n', '']);
  await expect(stat(join(place.directory, '.venv'))).rejects.toThrow('ENOENT');
});

test('what is missing is installed in the .venv of the package, once, and the package runs in it', async () => {
  const place = await open({
    'requirements.txt': '--no-index\n--find-links wheels\ntiny-dep==1.*\n',
    'src/main.py': 'import os, sys, tiny_dep\nprint(tiny_dep.word, sys.prefix == os.environ["VIRTUAL_ENV"])',
  });
  // With the pip of the system: copying one into a new .venv takes longest of all.
  const venv = ['-m', 'venv', '--without-pip', '--system-site-packages', join(place.directory, '.venv')];
  execFileSync('python3', venv);
  await mkdir(join(place.directory, 'wheels'));
  execFileSync('python3', ['-c', makeWheel, join(place.directory, 'wheels', 'tiny_dep-1.1-py3-none-any.whl')]);
  await place.launch(python);
  await place.launch(python);
  expect(place.stdout()).toBe('installed True\ninstalled True\n');
  expect(place.stderr().match(/Installing dependencies, for want of tiny-dep==1\.\*/g)).toHaveLength(1);
});

test('a .venv is made where there is none, and a package that cannot be installed ends the launch', async () => {
  const { program, PATH } = await fakeProgram('python3', fakePython);
  const place = await open({ 'requirements.txt': 'absent\n', 'src/main.py': '' }, { PATH });
  await expect(place.launch(python)).rejects.toMatchObject({
    kind: 'unhealthy',
    message: 'Installing dependencies, for want of absent: the command failed with exit code 3',
  });
  const [venv, pip] = (await program.calls()).slice(-2);
  expect(venv).toBe(`-m venv ${place.directory}/.venv`);
  expect(pip).toBe(`-m pip install --disable-pip-version-check -r ${place.directory}/requirements.txt`);
});

test('without python the failure names it', async () => {
  const place = await open({ 'src/main.py': '' }, { PATH: '/no-such-folder' });
  await expect(place.launch(python)).rejects.toMatchObject({
    kind: 'prerequisite',
    message: 'The program python3 was not found',
  });
});

test('--inspect starts python under debugpy, on a port of the loopback address', async () => {
  const place = await open({
    'src/main.py': 'print("up")',
    'modules/debugpy/__init__.py': '',
    'modules/debugpy/__main__.py': 'import sys; print(*sys.argv[1:])',
  });
  Object.assign(place.context.env, { PYTHONPATH: join(place.directory, 'modules') });
  await place.launch({ ...python, options: { inspect: true } });
  expect(place.stdout()).toMatch(/^--listen 127\.0\.0\.1:\d+ .*\/src\/main\.py\n$/);
  expect(place.stderr()).toMatch(/^debugpy listens on 127\.0\.0\.1:\d+\n$/);
});

test('--inspect without debugpy says how it is installed', async () => {
  const { PATH } = await fakeProgram('python3', 'exit 1');
  const place = await open({ 'src/main.py': '' }, { PATH });
  const error = await place.launch({ ...python, options: { inspect: true } }).catch((thrown) => thrown);
  expect(error).toMatchObject({ kind: 'prerequisite', message: '--inspect needs debugpy, which Python does not find' });
  expect(error.next[0]).toMatch(/python3 -m pip install debugpy$/);
});
