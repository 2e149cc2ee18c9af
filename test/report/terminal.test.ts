import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bundleProgram } from '../helpers/bundle.ts';
import { noTerminal, runInTerminal, screenOf } from '../helpers/terminal.ts';

let built: Awaited<ReturnType<typeof bundleProgram>>;
beforeAll(async () => {
  built = await bundleProgram(join(import.meta.dirname, 'report-program.ts'));
});
afterAll(() => built.close());
beforeEach((context) => context.skip(noTerminal !== undefined, noTerminal));

const show = (graph: string, wanted: Parameters<typeof runInTerminal>[1] = {}) =>
  runInTerminal([process.execPath, built.program, graph], wanted);

const showsCursor = (output: string) => output.lastIndexOf('\x1b[?25h') > output.lastIndexOf('\x1b[?25l');

describe('the task list in a terminal', () => {
  test('ends with one line for each step, and the result below', async () => {
    const { code, output } = await show('good');
    expect(code).toBe(0);
    const [one, two, ...result] = screenOf(output);
    expect(one).toBe('✔ Step one');
    expect(two).toMatch(/^✔ Step two \(\d+ ms\)$/);
    expect(JSON.parse(result.join('\n'))).toMatchObject({ kind: 'Done', steps: 2 });
    expect(showsCursor(output)).toBe(true);
  });

  test('tells what a step does while it runs', async () => {
    const { output } = await show('good');
    expect(output).toContain('Step two: nearly there');
  });

  test('never shows an unchanged step as if it ran', async () => {
    const { output } = await show('good');
    expect(stripVTControlCharacters(output)).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Step one/);
    expect(output).not.toContain('Step one:');
  });

  test('leaves stdout to the result when that is piped', async () => {
    const file = join(dirname(built.program), 'stdout.json');
    const { code, output } = await runInTerminal([
      'sh',
      '-c',
      `"${process.execPath}" "${built.program}" good > "${file}"`,
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ kind: 'Done', steps: 2 });
    expect(screenOf(output)[0]).toBe('✔ Step one');
    expect(output).not.toContain('"kind"');
  });

  test('shows the reason of a failed step whole and once, however narrow the terminal is', async () => {
    const { code, output } = await show('bad', { columns: 40 });
    expect(code).toBe(8);
    const screen = screenOf(output).join('\n');
    const reason = 'the port is taken: by a program with quite a long name (pid 4711)';
    expect(screen).toContain(`✖ Step one: ${reason}\n`);
    expect(screen.split('the port is taken')).toHaveLength(2);
    expect(screen).toContain('↓ Step two: needs Step one, which failed\n');
    expect(screen).toContain('✔ Step three');
    expect(screen).toContain('error: Not complete\nnext: Try again');
  });

  test('draws no line wider than the terminal while it runs', async () => {
    const { output } = await show('bad', { columns: 40 });
    const live = output.slice(0, output.indexOf('\x1b[?25h'));
    const frames = stripVTControlCharacters(live).split(/\r?\n/);
    expect(Math.max(...frames.map((line) => line.length))).toBeLessThan(40);
  });

  test('shows what runs and how many are done where the screen is short, and every step at the end', async () => {
    const { code, output } = await show('many', { lines: 10 });
    expect(code).toBe(0);
    expect(output).toContain('50 of 60 done');
    expect(screenOf(output).filter((line) => line.startsWith('✔ Step'))).toHaveLength(60);
  });

  test('hides a secret that does not fit on a line', async () => {
    const { output } = await show('secret', { columns: 50 });
    expect(output).toContain('now with postgresql://u:***@host');
    expect(output).not.toContain('a-very-long');
  });

  test('shows one graph below the other, each step where it belongs', async () => {
    const { code, output } = await show('two-graphs');
    expect(code).toBe(0);
    const [one, two, again, ...rest] = screenOf(output);
    expect(one).toMatch(/^✔ Step one/);
    expect(two).toBe('✔ Step two');
    expect(again).toMatch(/^✔ Step two \(\d+ ms\)$/);
    expect(rest).toEqual(['done', '']);
    expect(showsCursor(output)).toBe(true);
  });

  test('has no colour with NO_COLOR', async () => {
    const { output } = await show('good', { env: { NO_COLOR: '1' } });
    expect(output).toContain('\x1b[');
    expect(output.match(/\[[0-9;]*m/)).toBeNull();
  });

  test('is plain lines on a dumb terminal', async () => {
    const { output } = await show('good', { env: { TERM: 'dumb' } });
    expect(output).not.toContain('\x1b');
    expect(output).toContain('… Step two: two is missing');
  });

  test('ends with 130 and a visible cursor after Ctrl-C, and says what was aborted', async () => {
    const { code, output } = await show('slow', { typing: [['Step one: one is missing', '\x03']] });
    expect(code).toBe(130);
    expect(showsCursor(output)).toBe(true);
    const screen = screenOf(output);
    expect(screen).toContain('↓ Step one (aborted)');
    expect(screen).toContain('↓ Step two (aborted)');
    expect(screen).toContain('error: Interrupted');
  });

  test('ends with 130 and a visible cursor after a second Ctrl-C, though a step does not end', async () => {
    const { code, output } = await show('stubborn', {
      typing: [
        ['Step one: one is missing', '\x03'],
        ['will not end', '\x03'],
      ],
    });
    expect(code).toBe(130);
    expect(showsCursor(output)).toBe(true);
  });
});

describe('a prompt in a terminal', () => {
  test.each([
    ['y\r', true],
    ['YES\r', true],
    ['n\r', false],
    ['\r', false],
    ['maybe\r', false],
    ['\x04', false],
  ])('takes %j for %s', async (typed, answer) => {
    const { code, output } = await show('confirm', { typing: [['Remove it? [y/N]', typed]] });
    expect(code).toBe(0);
    expect(output).toContain(`answer: ${answer}`);
  });

  test.each(['confirm', 'secret-value'])('ends with 130 after Ctrl-C (%s)', async (mode) => {
    const { code, output } = await show(mode, { typing: [[mode === 'confirm' ? '[y/N]' : 'Value:', '\x03']] });
    expect(code).toBe(130);
    expect(screenOf(output).at(-2)).toBe('error: Interrupted');
  });

  test('does not show the value that is typed', async () => {
    const { code, output } = await show('secret-value', { typing: [['Value:', 'hunter2\r']] });
    expect(code).toBe(0);
    expect(output).toContain('read: 7 characters');
    expect(output).not.toContain('hunter2');
  });
});
