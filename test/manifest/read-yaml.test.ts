import { expect, test } from 'vitest';
import { problemText } from '../../src/manifest/problem.ts';
import { readYaml } from '../../src/manifest/read-yaml.ts';

const valuesOf = (text: string) => readYaml(text, 'f').map((document) => (document.ok ? document.value : 'broken'));
const problemsOf = (text: string) =>
  readYaml(text, 'f').flatMap((document) => (document.ok ? [] : document.problems.map(problemText)));

test('several documents are read, empty ones are left out', () => {
  expect(valuesOf('a: 1\n---\n---\n# nothing\n---\nb: 2\n...\n')).toEqual([{ a: 1 }, { b: 2 }]);
  expect(valuesOf('')).toEqual([]);
});

test('a broken document does not spoil the others', () => {
  expect(valuesOf('a: 1\n---\nb: [\n---\nc: 3\n')).toEqual([{ a: 1 }, 'broken', { c: 3 }]);
});

test('a byte order mark and Windows line ends change neither value nor position', () => {
  const [document] = readYaml('\uFEFFa: 1\r\nb: |\r\n  x\r\n  y\r\n', 'f');
  expect(document?.ok && document.value).toEqual({ a: 1, b: 'x\ny\n' });
  expect(document?.ok && document.source.at(['a'])).toEqual({ line: 1, column: 4 });
  expect(document?.ok && document.source.at(['b'], 'key')).toEqual({ line: 2, column: 1 });
});

test('aliases are replaced by what they stand for', () => {
  expect(valuesOf('&k name: x\nother: *k\n')).toEqual([{ name: 'x', other: 'name' }]);
  expect(valuesOf('x: &a [1]\ny: *a\n')).toEqual([{ x: [1], y: [1] }]);
});

test.each([
  ['a: 1\nb: 2\na: 3\n', 'f:3:1 a: this key stands here twice'],
  ['a:\n\tb: 1\n', 'f:2:1 not YAML: tabs cannot indent; use spaces'],
  ['a: !foo 1\n', 'f:1:4 unknown tag; manifests are plain data'],
  ['a: !!binary aGk=\n', 'f:1:4 unknown tag; manifests are plain data'],
  ['a: !!js/function "x"\n', 'f:1:4 unknown tag; manifests are plain data'],
  ['? [a]\n: 1\n', 'f:1:3 not a manifest: every key must be a string'],
  ['a: *b\n', 'f:1:4 a: this alias has no anchor before it'],
  ['a: .nan\n', 'f:1:4 a: must be a finite number'],
  ['a: { __proto__: { polluted: true } }\n', 'f:1:6 a.__proto__: this key is not allowed'],
  ['a: "x\n', 'f:2:1 not YAML: missing closing "quote'],
  ['a: b: c\n', 'f:1:4 not YAML: nested mappings are not allowed in compact mappings'],
  ['a: 12345678901234567890\n', 'f:1:4 a: has more digits than a number keeps; put it in quotes'],
  ['a: &x 1\n*x : 2\n', 'f:2:1 not a manifest: every key must be a string'],
  ['x: &x [*x]\n', 'f:1:8 x[0]: this alias has no anchor before it'],
  ['x: &x 1\ny: &x [*x]\n', 'f:2:8 y[0]: this alias has no anchor before it'],
  ['- [a: 1, a: *b]\n', 'f:1:13 [0][1].a: this alias has no anchor before it'],
])('%j is refused with its place', (text, expected) => {
  expect(problemsOf(text)).toEqual([expected]);
});

test('an alias bomb is refused', () => {
  const levels = Array.from({ length: 9 }, (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level}, `.repeat(9)}]`);
  expect(problemsOf(['a0: &a0 [x]', ...levels].join('\n'))).toEqual([
    'f:1:1 aliases that expand without end are refused',
  ]);
});

test.each(['[', '{a: ', '- ', '? ', '[{a: '])('%j nested twenty thousand times is refused', (opening) => {
  expect(problemsOf(opening.repeat(20_000))).toEqual([
    expect.stringMatching(/^f:1:\d+ nested more than 64 levels deep$/),
  ]);
});

test('thirty thousand keys are read without comparing each with each', { timeout: 15_000 }, () => {
  const text = Array.from({ length: 30_000 }, (_, index) => `k${index}: 1`).join('\n');
  expect(Object.keys(valuesOf(text)[0] as object)).toHaveLength(30_000);
});

test('a quoted piece of a broken text does not reach the message', () => {
  expect(problemsOf('a: "x" hunter2\n').join()).not.toContain('hunter2');
  expect(problemsOf('"a" "hunter2"\n').join()).not.toContain('hunter2');
});
