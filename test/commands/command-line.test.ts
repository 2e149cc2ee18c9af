import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runApp } from '../../src/app.ts';
import { commandContext } from './command-context.ts';

const home = mkdtempSync(join(tmpdir(), 'dk-line-'));
afterAll(() => rmSync(home, { recursive: true }));

/** Runs a command line in a home where nothing has been made. */
async function dk(line: string, program = 'dk', columns = 80) {
  const { context, texts } = commandContext({ home });
  Object.assign(context.stdout, { columns });
  const code = await runApp({ ...context, program }, line.split(' ').filter(Boolean));
  return { code, ...texts };
}

test.each([
  '--help',
  'init --help',
  'dev --help',
  'dev up --help',
  'run --help',
  'cell --help',
  'cell secret --help',
  'store --help',
  'store check --help',
  'data --help',
  'data head --help',
  'version --help',
])('%s has an example that begins with the program as it was started', async (line) => {
  const { code, stdout } = await dk(line, 'npx dk');
  expect(code).toBe(0);
  expect(stdout).toMatch(/\n(Example|Start with):\n {2}\$ npx dk \w+/);
});

test.each([
  '--help',
  'run --help',
  'dev up --help',
  'data --help',
])('%s is no wider than a narrow terminal', async (line) => {
  const { stdout } = await dk(line, 'dk', 60);
  const [help = ''] = stdout.split('\nStart with:');
  expect(help.split('\n').filter((text) => text.length > 60)).toEqual([]);
});

test('help tells no default of what is not given', async () => {
  const { stdout } = await dk('run --help');
  expect(stdout).not.toMatch(/default:\s+(false|none|\[\])/);
  expect(stdout).toContain('default: "table"');
});

test.each([
  ['nosuch', 'dk --help'],
  ['--nosuch', 'dk --help'],
  ['dev stat', 'dk dev --help'],
  ['cell secret sett', 'dk cell secret --help'],
  ['run --cel local', 'dk run --help'],
  ['stop', 'dk stop --help'],
  ['dev up --engine docker', 'dk dev up --help'],
  ['run --launch rocket', 'dk run --help'],
  ['env --format toml', 'dk env --help'],
  ['env --format sh -o json', 'dk env --help'],
  ['init x --runtime cobol', 'dk init my-package --runtime node'],
  ['dev up --env Not_A_Name', 'Such as: --env not-a-name'],
  ['data head orders -n none', 'dk data head --help'],
  ['run nosuch', 'Name the folder of a package, or make one: dk init my-package'],
  [
    'cell apply -f nosuch',
    "Name a cell's folder, a folder of cells, or one file: dk cell apply -f platform-repo/cells",
  ],
  ['lint nosuch', 'Name the folder of a package, of cells or of a CM repo, or one file'],
])('dk %s: a mistake that says what to read next', async (line, next) => {
  const { code, stderr, stdout } = await dk(line);
  expect(code).toBe(/^(lint|run|cell apply -f) nosuch$/.test(line) ? 4 : 2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^error: /);
  expect(stderr.split('\n').filter((text) => text.startsWith('next: '))).toContain(`next: ${next}`);
});

test('help of a command that refuses a value among its arguments does not ask for one', async () => {
  const { stdout } = await dk('cell secret set --help');
  expect(stdout).toContain('Usage: dk cell secret set [options] <store> <key>\n');
  const { code, stderr } = await dk('cell secret set warehouse PG_PASS hunter2');
  expect(code).toBe(2);
  expect(stderr).toContain('A value never stands on the command line');
  expect(stderr).not.toContain('hunter2');
});

test.each([
  ['A-B=1', '"A-B" cannot be the name of a variable'],
  ['1A=1', '"1A" cannot be the name of a variable'],
  ['A B=1', '"A B" cannot be the name of a variable'],
  ['AB', '-e AB is not of the form NAME=value'],
  ['=1', '-e =1 is not of the form NAME=value'],
])('run -e %s is refused before anything is read', async (pair, message) => {
  const { context, texts } = commandContext({ home });
  expect(await runApp(context, ['run', 'nosuch', '-e', pair])).toBe(2);
  expect(texts.stderr).toContain(`error: ${message}\n`);
  expect(texts.stderr).toContain('next: dk run -e LOG_LEVEL=debug\n');
});

test('show of a broken cell names the place, and the command that shows it', async () => {
  const folder = join(home, 'cells', 'broken');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'cell.yaml'), 'apiVersion: x\n');
  const { code, stderr } = await dk('show cells');
  expect(code).toBe(10);
  expect(stderr).toMatch(/\n {2}cells\/broken\/cell.yaml:1:1 .*\nnext: dk lint cells\/broken\/cell.yaml\n$/);
});

test('version tells of itself and of what it runs on', async () => {
  const { stdout: text } = await dk('version');
  const { stdout } = await dk('version -o json');
  const { version, ...rest } = JSON.parse(stdout);
  expect(text).toBe(`${version}\n`);
  expect(rest).toEqual({
    apiVersion: 'datakit.infoblox.dev/cli/v1',
    kind: 'Version',
    commit: null,
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
  });
});
