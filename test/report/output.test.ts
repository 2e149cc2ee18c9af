import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { exitCodes, Failure } from '../../src/failure.ts';
import type { Event } from '../../src/graph/events.ts';
import { reportFailure } from '../../src/report/failure.ts';
import { createReporter } from '../../src/report/progress.ts';
import { confirm, readSecret } from '../../src/report/prompt.ts';
import { printNote, printResult, printText } from '../../src/report/result.ts';
import { formatTable } from '../../src/report/table.ts';
import { createTestContext } from '../helpers/context.ts';

const step = { step: 'a', title: 'Step a' };
const events: readonly Event[] = [
  { type: 'graph-started', steps: [{ id: 'a', title: 'Step a' }] },
  { type: 'step-started', ...step, why: 'a is missing' },
  { type: 'step-said', ...step, what: 'nearly' },
  { type: 'step-finished', ...step, outcome: 'changed', milliseconds: 1234 },
  { type: 'step-finished', ...step, outcome: 'unchanged', milliseconds: 3 },
  { type: 'step-finished', ...step, outcome: 'failed', milliseconds: 20, reason: 'port taken' },
  { type: 'step-finished', ...step, outcome: 'skipped', milliseconds: 0, reason: 'needs Step b, which failed' },
  { type: 'step-finished', ...step, outcome: 'aborted', milliseconds: 7 },
  { type: 'graph-finished', ok: false, milliseconds: 1300 },
];

async function render(json: boolean): Promise<string> {
  const { context, stdout, stderr } = createTestContext();
  const reporter = await createReporter(context, { json });
  for (const event of events) reporter.listener(event);
  await reporter.finished();
  expect(stdout()).toBe('');
  return stderr();
}

describe('progress off a terminal', () => {
  test('is a plain line for all that matters, on stderr', async () => {
    expect((await render(false)).split('\n')).toEqual([
      '… Step a: a is missing',
      '  Step a: nearly',
      '+ Step a changed (1.2 s)',
      '= Step a unchanged (3 ms)',
      '✖ Step a failed (20 ms): port taken',
      '- Step a skipped: needs Step b, which failed',
      '- Step a aborted (7 ms)',
      '',
    ]);
  });

  test('is one JSON object a line for every event when asked for, each with its time', async () => {
    const lines = (await render(true))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual(events.map((event) => ({ ...event, ts: '2024-05-06T07:08:09.010Z' })));
  });

  test('keeps a JSON object on its line when a text has line breaks', async () => {
    const { context, stderr } = createTestContext();
    (await createReporter(context, { json: true })).listener({ type: 'step-said', ...step, what: 'two\nlines' });
    expect(stderr().split('\n')).toHaveLength(2);
  });
});

describe('printResult', () => {
  const shared = { host: '127.0.0.1' };
  const result = {
    kind: 'Thing',
    data: { one: shared, two: shared, nothing: undefined, at: new Date(0), text: 'word '.repeat(40).trim() },
    table: () => 'A TABLE',
  };

  async function print(format: 'table' | 'json' | 'yaml', changed = {}) {
    const { context, stdout, stderr } = createTestContext();
    await printResult(context, format, { ...result, ...changed });
    expect(stderr()).toBe('');
    return stdout();
  }

  test('prints the table with one line break at its end, and nothing for an empty one', async () => {
    expect(await print('table')).toBe('A TABLE\n');
    expect(await print('table', { table: () => '' })).toBe('');
  });

  test('fits a table to the terminal, and only to a terminal', async () => {
    const table = () => formatTable(['NAME', 'WHAT'], [['one', 'a few words']]);
    const onTerminal = new PassThrough({ encoding: 'utf8' });
    const { context } = createTestContext({ stdout: Object.assign(onTerminal, { isTTY: true, columns: 12 }) });
    await printResult(context, 'table', { ...result, table });
    expect(onTerminal.read()).toBe('NAME  WHAT\none   a few\n      words\n');
    expect(await print('table', { table })).toBe('NAME  WHAT\none   a few words\n');
  });

  test('masks a secret before the table is fitted to the terminal', async () => {
    const table = () => formatTable(['NAME', 'WHAT'], [['one', 'a few secret words']]);
    const onTerminal = new PassThrough({ encoding: 'utf8' });
    const { context } = createTestContext({ stdout: Object.assign(onTerminal, { isTTY: true, columns: 12 }) });
    context.secrets.add(['few secret words']);
    await printResult(context, 'table', { ...result, table });
    expect(onTerminal.read()).toBe('NAME  WHAT\none   a ***\n');
  });

  test('prints JSON with version and kind first', async () => {
    const text = await print('json');
    const value = JSON.parse(text);
    expect(Object.keys(value)).toEqual(['apiVersion', 'kind', 'one', 'two', 'at', 'text']);
    expect(value).toMatchObject({
      apiVersion: 'datakit.infoblox.dev/cli/v1',
      kind: 'Thing',
      at: '1970-01-01T00:00:00.000Z',
    });
    expect(text.endsWith('}\n')).toBe(true);
  });

  test('prints the same as YAML, without anchors and folded lines', async () => {
    const text = await print('yaml');
    expect(parse(text)).toEqual(JSON.parse(await print('json')));
    expect(text).not.toMatch(/[&*]a1/);
    expect(text.split('\n').find((line) => line.startsWith('text:'))).toHaveLength('text: '.length + 199);
  });

  test('does not make the table for JSON', async () => {
    await print('json', { table: () => expect.unreachable() });
  });

  test('ends with the error of a stream that cannot be written', async () => {
    const { context } = createTestContext();
    context.stdout.on('error', () => undefined).destroy(new Error('gone'));
    await expect(printText(context, 'x')).rejects.toThrow();
  });

  test('notes go to stderr', async () => {
    const { context, stdout, stderr } = createTestContext();
    await printNote(context, 'a note');
    expect([stdout(), stderr()]).toEqual(['', 'a note\n']);
  });
});

describe('reportFailure', () => {
  function report(error: unknown) {
    const { context, stdout, stderr } = createTestContext();
    const code = reportFailure(context, error);
    expect(stdout()).toBe('');
    return { code, text: stderr() };
  }

  test('names commands in the form that works where dk was started', () => {
    const { context, stderr } = createTestContext({ program: 'npx dk' });
    const next = ['Or dk dev seed --clean', 'npx dk ps', 'rm -r /home/dk state', '(cd dk && dk lint)'];
    reportFailure(context, new Failure('usage', { what: 'dk knows', next }));
    expect(stderr()).toBe(
      'error: dk knows\nnext: Or npx dk dev seed --clean\nnext: npx dk ps\nnext: rm -r /home/dk state\nnext: (cd dk && npx dk lint)\n',
    );
  });

  test('says what failed, every why and every next, and nothing of a stack', () => {
    const failure = new Failure('conflict', {
      what: 'It failed',
      why: ['one reason', 'another\nof two lines'],
      next: ['Do this', 'dk dev up'],
      cause: new Error('deep'),
    });
    expect(report(failure).text).toBe(
      'error: It failed\n  one reason\n  another\n  of two lines\nnext: Do this\nnext: dk dev up\n',
    );
  });

  test('is one line for a failure without why and next', () => {
    expect(report(new Failure('usage', { what: 'It failed' })).text).toBe('error: It failed\n');
  });

  const { done: _done, bug: _bug, ...kinds } = exitCodes;
  test.each(Object.entries(kinds))('a %s failure is exit %i', (kind, code) => {
    expect(report(new Failure(kind as keyof typeof kinds, { what: 'x' })).code).toBe(code);
  });

  test('says of anything else that it is a fault of dk, with stack and cause', () => {
    const { code, text } = report(new TypeError('no such thing', { cause: new Error('the cause') }));
    expect(code).toBe(1);
    expect(text).toMatch(/^error: this is a fault of dk, not yours\nTypeError: no such thing\n {4}at /);
    expect(text).toContain('Error: the cause');
  });

  test('shows every part of an AggregateError', () => {
    const { text } = report(new AggregateError([new Error('part one'), new Error('part two')], 'both failed'));
    for (const part of ['both failed', 'part one', 'part two']) expect(text).toContain(part);
  });

  test('shows what was thrown though it is no Error', () => {
    expect(report('just a text').text).toBe('error: this is a fault of dk, not yours\njust a text\n');
  });

  test("takes Node's own AbortError for the failure that aborted", () => {
    const cause = new Failure('interrupted', { what: 'Interrupted' });
    const error = Object.assign(new Error('The operation was aborted', { cause }), { name: 'AbortError' });
    expect(report(error)).toEqual({ code: 130, text: 'error: Interrupted\n' });
  });

  test('has colours on a terminal, unless NO_COLOR is set', () => {
    const colours = (env: Record<string, string>) => {
      const { context, stderr } = createTestContext({ env });
      reportFailure(
        { ...context, stderr: Object.assign(context.stderr, { isTTY: true }) },
        new Failure('usage', { what: 'x' }),
      );
      return stderr();
    };
    expect(colours({})).toBe('\x1b[31merror:\x1b[39m x\n');
    expect(colours({ NO_COLOR: '1' })).toBe('error: x\n');
    expect(colours({ TERM: 'dumb' })).toBe('error: x\n');
  });
});

describe('without a terminal', () => {
  test('a confirmation is a usage failure that names the question and the flag', async () => {
    const { context } = createTestContext({ stdinText: 'y\n' });
    await expect(confirm(context, 'Remove it?')).rejects.toMatchObject({
      kind: 'usage',
      why: ['Remove it?'],
      next: ['Add --yes to confirm'],
    });
  });

  test.each([
    ['value\n', 'value'],
    ['value\r\n', 'value'],
    ['value', 'value'],
    ['two\nlines\n\n', 'two\nlines\n'],
    ['', ''],
    [' spaces stay ', ' spaces stay '],
  ])('a value is all of stdin less its last line break (%j)', async (stdinText, value) => {
    const { context, stderr } = createTestContext({ stdinText });
    expect(await readSecret(context, 'Value: ')).toBe(value);
    expect(stderr()).toBe('');
  });

  test('a value may be cut between two chunks in the middle of a character', async () => {
    const bytes = Buffer.from('grün\n');
    const { context } = createTestContext({ stdin: Readable.from([bytes.subarray(0, 3), bytes.subarray(3)]) });
    expect(await readSecret(context, '')).toBe('grün');
  });

  test('an abort ends the reading of stdin with its reason', async () => {
    const controller = new AbortController();
    const { context } = createTestContext({ signal: controller.signal });
    const value = readSecret(context, 'Value: ');
    const reason = new Failure('interrupted', { what: 'Interrupted' });
    controller.abort(reason);
    await expect(value).rejects.toBe(reason);
  });
});
