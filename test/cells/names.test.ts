import { expect, test } from 'vitest';
import { checkCellName, parseCellName } from '../../src/cells/names.ts';

test.each([
  ['canary', 'canary'],
  ['cell:canary', 'canary'],
  ['cell-us-east', 'cell-us-east'],
  ['c', 'c'],
  ['a'.repeat(40), 'a'.repeat(40)],
])('the command line accepts %s as the cell %s', (text, name) => {
  expect(parseCellName(text)).toBe(name);
});

test.each([
  ['infra', /reserved/],
  ['cell:system', /reserved/],
  ['a--b', /two hyphens/],
  ['a'.repeat(41), /41 characters/],
  ['cell:', /lower-case/],
  ['cell:cell:a', /lower-case/],
  ['-a', /hyphen/],
  ['Ä', /lower-case/],
  ['../a', /lower-case/],
])('the command line refuses %s and says why', (text, why) => {
  expect(() => parseCellName(text)).toThrow(
    expect.objectContaining({ kind: 'usage', why: [expect.stringMatching(why)] }),
  );
});

test('a name in a manifest is refused as an invalid manifest', () => {
  expect(() => checkCellName('infra', 'invalid')).toThrow(expect.objectContaining({ kind: 'invalid' }));
});
