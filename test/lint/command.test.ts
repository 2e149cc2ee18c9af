import { expect, test } from 'vitest';
import { lint } from '../../src/commands/lint.ts';
import { recordingContext } from './context.ts';
import { fixture, temporaryFolder } from './temporary.ts';

const options = { directory: 'five-mistakes', strict: false, output: 'table' } as const;

test('problems are printed one a line when stdout is no terminal, and the command fails with their count', async () => {
  const { context, stdout } = recordingContext(fixture('.'));
  await expect(lint(context, options)).rejects.toMatchObject({
    kind: 'invalid',
    message: 'five-mistakes has 5 errors',
  });
  const lines = stdout().trimEnd().split('\n');
  expect(lines).toHaveLength(6);
  expect(lines[3]).toBe('five-mistakes/dk.yaml:12:3 spec.timout: unknown field; did you mean "timeout"?');
  expect(lines[5]).toBe('5 errors');
});

test('people see each problem with its line and a caret, but no line that may hold a secret', async () => {
  const { context, stdout } = recordingContext(fixture('.'), { terminal: true });
  await expect(lint(context, options)).rejects.toMatchObject({ kind: 'invalid' });
  expect(stdout()).toContain(`five-mistakes/dk.yaml
  5:12  error  metadata.version: must have no leading v; did you mean "1.0.0"?  version
     5 |   version: v1.0.0
       |            ^^^^^^
`);
  expect(stdout()).toContain('spec.secrets.password: must be a ${KEY}');
  expect(stdout()).not.toContain('hunter2');
});

test('JSON has every problem with its place and its rule, and no secret', async () => {
  const { context, stdout } = recordingContext(fixture('.'));
  await expect(lint(context, { ...options, output: 'json' })).rejects.toMatchObject({ kind: 'invalid' });
  const result = JSON.parse(stdout());
  expect(result).toMatchObject({ apiVersion: 'datakit.infoblox.dev/cli/v1', kind: 'LintResult' });
  expect(result.problems).toHaveLength(5);
  expect(result.problems[2]).toEqual({
    severity: 'error',
    file: 'five-mistakes/dk.yaml',
    position: { line: 9, column: 16 },
    path: 'spec.inputs[0].dataset',
    message: 'there is no DataSet "order" in dataset/; did you mean "orders"?',
    rule: 'dataset-exists',
  });
  expect(stdout()).not.toContain('hunter2');
});

test('a good package is said to be one', async () => {
  const { context, stdout } = recordingContext(fixture('good-node'));
  await lint(context, { strict: true, output: 'table' });
  expect(stdout()).toBe('no problems\n');
});

test('warnings are printed and fail the command only when it is strict', async () => {
  const { context, stdout } = recordingContext(fixture('older-layout'));
  await lint(context, { strict: false, output: 'table' });
  expect(stdout()).toBe(
    'dk.yaml:12:3 warning: spec.schedule: legacy field, kept but not used; use spec.trigger.schedule.cron\na warning\n',
  );
  await expect(lint(context, { strict: true, output: 'table' })).rejects.toMatchObject({
    kind: 'invalid',
    message: 'The manifests here have an error',
  });
});

test('a line with a secret is not quoted for the sake of another problem on it', async () => {
  const dk = `apiVersion: datakit.infoblox.dev/v1alpha1
kind: Transform
metadata: { name: x }
spec:
  runtime: generic-node
  command: [x]
  inputs: [{ dataset: a }]
  outputs: [{ dataset: a }]
  env: [{ name: PASSWORD, value: hunter2, vlaue: x }]
`;
  const { context, stdout } = recordingContext(await temporaryFolder({ 'dk.yaml': dk }), { terminal: true });
  await expect(lint(context, { strict: false, output: 'table' })).rejects.toMatchObject({ kind: 'invalid' });
  expect(stdout()).toContain('spec.env[0].vlaue: unknown field; did you mean "value"?');
  expect(stdout()).toContain('9:34  warning  spec.env[0].value: looks like a secret');
  expect(stdout()).not.toContain('hunter2');
});

test('what would steer the terminal is not quoted as it is', async () => {
  const dk = 'apiVersion: datakit.infoblox.dev/v1alpha1\nkind: Transfrom # \u001b]0;title\u0007\n';
  const { context, stdout } = recordingContext(await temporaryFolder({ 'dk.yaml': dk }), { terminal: true });
  await expect(lint(context, { strict: false, output: 'table' })).rejects.toMatchObject({ kind: 'invalid' });
  expect(stdout()).toContain('     2 | kind: Transfrom # \ufffd]0;title\ufffd\n       |       ^^^^^^^^^\n');
});
