import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { applySettings } from '../../src/resolve/settings.ts';
import { packageOf } from './given.ts';

const env = [{ name: 'MODE', value: 'fast' }];
const set = (...settings: string[]) => applySettings(packageOf({ env }), settings).transform.value.spec;

function failure(...settings: string[]): Failure {
  try {
    set(...settings);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it succeeded');
}

describe('--set', () => {
  test('changes nothing of the package it is given, and nothing else in the new one', () => {
    const pkg = packageOf({ env });
    const before = structuredClone(pkg.transform.value);
    const { transform, ...others } = applySettings(pkg, ['timeout=30s']);
    expect(pkg.transform.value).toEqual(before);
    expect(transform.value).toEqual({ ...before, spec: { ...before.spec, timeout: '30s' } });
    expect(others).toMatchObject({ directory: pkg.directory, stores: pkg.stores });
    expect(applySettings(pkg, [])).toBe(pkg);
  });

  test.each([
    ['timeout=30s', { timeout: '30s' }],
    ['spec.timeout=30s', { timeout: '30s' }],
    ['replicas=3', { replicas: 3 }],
    ['lineage=true', { lineage: true }],
    ['args=[--full, "a=b"]', { args: ['--full', 'a=b'] }],
    ['args[0]=--full', { args: ['--full'] }],
    ['resources.requests.cpu=200m', { resources: { requests: { cpu: '200m' } } }],
    ['image=', { image: '' }],
    ['command=[sh, -c, "x=1"]', { command: ['sh', '-c', 'x=1'] }],
    ['inputs[0].cell=canary', { inputs: [{ dataset: 'orders', cell: 'canary' }] }],
  ])('%s', (setting, spec) => {
    expect(set(setting)).toMatchObject(spec);
  });

  test('changes an item of a list, and adds one behind the last', () => {
    expect(set('env[0].value=slow').env).toEqual([{ name: 'MODE', value: 'slow' }]);
    expect(set('env[1].name=LEVEL', 'env[1].value=debug').env).toEqual([...env, { name: 'LEVEL', value: 'debug' }]);
  });

  test('makes the list that is not there', () => {
    const { env: made } = applySettings(packageOf(), ['env[0].name=A', 'env[0].value=b']).transform.value.spec;
    expect(made).toEqual([{ name: 'A', value: 'b' }]);
  });

  test.each([
    ['image=1.10', { image: '1.10' }],
    ['env[0].value=8080', { env: [{ name: 'MODE', value: '8080' }] }],
    ['env[0].value=true', { env: [{ name: 'MODE', value: 'true' }] }],
    ['env[0].value=', { env: [{ name: 'MODE', value: '' }] }],
    ['env[0].value=a=b,c', { env: [{ name: 'MODE', value: 'a=b,c' }] }],
    ['resources.limits.cpu=2', { resources: { limits: { cpu: '2' } } }],
  ])('%s is a text where only a text is valid', (setting, spec) => {
    expect(set(setting)).toMatchObject(spec);
  });

  test('takes a dot in a name after a backslash', () => {
    expect(set('resources.requests.example\\.com/gpu=1')).toMatchObject({
      resources: { requests: { 'example.com/gpu': '1' } },
    });
  });

  test('lets the last one win', () => {
    expect(set('replicas=1', 'replicas=2').replicas).toBe(2);
  });

  test.each([
    '__proto__.polluted=1',
    'constructor.prototype.polluted=1',
    'env[0].__proto__.polluted=1',
    'prototype=1',
  ])('refuses %s and pollutes nothing', (setting) => {
    expect(failure(setting)).toMatchObject({ kind: 'usage', message: expect.stringMatching(/^--set cannot set /) });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each([
    'timeout',
    '=x',
    '.=x',
    'env[x].value=1',
    'env[0=1',
    'a..b=1',
    'env[]=1',
    '.timeout=1',
    'timeout.=1',
  ])('refuses %s as malformed', (setting) => {
    expect(failure(setting)).toMatchObject({
      kind: 'usage',
      message: `--set ${setting} is not of the form path=value`,
    });
  });

  test.each(['args=[1', 'args={a', 'args="x'])('refuses %s, whose value is no YAML', (setting) => {
    expect(failure(setting)).toMatchObject({ kind: 'usage', message: `--set ${setting} has a value that is no YAML` });
  });

  test.each([
    ['env.value=1', 'what holds value is a list: use [0] to [1]'],
    ['timeout[0]=1', 'spec.timeout'],
    ['env[5].name=A', 'the list has 1 items, and [1] is the next'],
  ])('refuses %s: %s', (setting, reason) => {
    const { message, why } = failure(setting);
    expect([message, ...why].join('\n')).toContain(reason);
  });

  test('says everything that is invalid in what comes out', () => {
    const { kind, why } = failure('replicas=many', 'tymeout=1s', 'mode=quick');
    expect(kind).toBe('usage');
    expect(why).toHaveLength(3);
    expect(why.join('\n')).toMatch(/spec\.replicas: must be a whole number/);
    expect(why.join('\n')).toMatch(/spec\.tymeout: unknown field; did you mean "timeout"/);
  });
});
