import { describe, expect, test } from 'vitest';
import { devCommand, environmentName } from '../../src/environment/names.ts';

describe('environmentName', () => {
  test.each([
    [undefined, {}, 'local'],
    [undefined, { DK_ENV: '' }, 'local'],
    [undefined, { DK_ENV: 'ci' }, 'ci'],
    ['test', { DK_ENV: 'ci' }, 'test'],
    ['a', {}, 'a'],
    ['x'.repeat(29), {}, 'x'.repeat(29)],
    ['0-9', {}, '0-9'],
  ])('--env %s with %o is %s', (flag, env, name) => {
    expect(environmentName({ env }, flag)).toBe(name);
  });

  test.each([
    '',
    '-a',
    'a-',
    'a--b',
    'Local',
    'x'.repeat(30),
    '../x',
    'a.b',
    'a\n',
    'ä',
  ])('%j is a usage failure', (flag) => {
    expect(() => environmentName({ env: {} }, flag)).toThrow(expect.objectContaining({ kind: 'usage' }));
  });

  test('says when the name came from DK_ENV', () => {
    expect(() => environmentName({ env: { DK_ENV: 'No' } }, undefined)).toThrow(
      '"No" (from DK_ENV) cannot be the name of an environment',
    );
  });

  test.each([
    ['Bad_Name', {}, '--env bad-name'],
    [`-a--b-${'x'.repeat(40)}`, {}, `--env a-b-${'x'.repeat(25)}`],
    ['ä', {}, '--env local'],
    [undefined, { DK_ENV: 'No' }, 'export DK_ENV=no'],
  ])('proposes for %j with %o the name %s', (flag, env, next) => {
    expect(() => environmentName({ env }, flag)).toThrow(expect.objectContaining({ next: [`Such as: ${next}`] }));
  });
});

test.each([
  ['local', {}, 'npx dk dev up'],
  ['ci', {}, 'npx dk dev up --env ci'],
  ['ci', { DK_ENV: 'ci' }, 'npx dk dev up'],
  ['local', { DK_ENV: 'ci' }, 'npx dk dev up --env local'],
])('the command for environment %s with %o is %s', (name, env, command) => {
  expect(devCommand({ program: 'npx dk', env }, 'up', name)).toBe(command);
});
