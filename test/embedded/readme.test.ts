import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entry, type Home, makeHome, repository } from '../helpers/dk.ts';

const readme = readFileSync(join(repository, 'README.md'), 'utf8');
/** `npx dk` in a clone is the program that this test run built. */
const toShell = (command: string) => command.replaceAll(/\bnpx dk\b/g, `'${process.execPath}' '${entry}'`);

describe('the README', () => {
  let home: Home;
  let shell: (command: string, cwd: string) => Promise<{ stdout: string; stderr: string }>;

  beforeAll(() => {
    home = makeHome();
    const env = { PATH: process.env['PATH'], HOME: home.directory, LANG: 'C.UTF-8', DK_TEST_ENTRY: entry };
    shell = (command, cwd) => promisify(execFile)('sh', ['-euc', toShell(command)], { cwd, env });
  });
  afterAll(() => home.close());

  it('has a five-minute tour that works word by word, in one go', async () => {
    const tour = blocksBelow('Five minutes').join('\n');
    expect(tour.split('\n').length).toBeGreaterThan(20);
    const { stdout } = await shell(tour, home.directory);
    expect(stdout).toContain('revenue_cents');
    expect(stdout).toContain('canary  dk-canary');
  }, 120_000);

  it('opens with what the demo prints, and the commands that it gives to paste work', async () => {
    const { stdout, stderr } = await shell(`'${process.execPath}' scripts/demo.mjs`, repository);
    expect(stderr).toBe('');
    expect(outline(stdout)).toEqual(outline(recordedDemo()));
    const commands = stdout.split('\n').filter((line) => line.startsWith('  npx dk '));
    expect(commands).toHaveLength(5);
    for (const command of commands) await shell(command, join(repository, 'examples/pg-to-s3'));
    expect((await home.dk(['dev', 'status', '--env', 'demo'])).code).toBe(3);
  }, 120_000);

  it('names every command of the command line', async () => {
    const { stdout } = await home.dk(['--help']);
    const commands = [...stdout.matchAll(/^ {2}([a-z-]+) /gm)].flatMap(([, name]) => name ?? []);
    expect(commands.length).toBeGreaterThan(15);
    for (const name of commands.filter((each) => each !== 'version')) expect(readme).toContain(`dk ${name}`);
  });
});

function blocksBelow(heading: string): string[] {
  const section = readme.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  return [...section.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, text]) => text ?? []);
}

function recordedDemo(): string {
  const [, text = ''] = /npm run demo\n\n(.*?)```/s.exec(readme) ?? [];
  return text;
}

/** The demo without what differs from run to run: times, the order in which steps end, a second try at a port. */
function outline(text: string): string[] {
  const lines = text
    .replaceAll(/\d+ ms|\d+\.\d+ s/g, '')
    .replaceAll(/(\d+) +\d+$/gm, '$1')
    .replaceAll(/[✔=]/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return [...new Set(lines)].sort();
}
