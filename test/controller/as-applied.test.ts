import { expect, it } from 'vitest';
import { isAsApplied } from '../../src/controller/as-applied.ts';

const applied = (digest: string, spec: object, more: object = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'a', annotations: { 'datakit.infoblox.dev/applied': digest } },
  spec,
  ...more,
});
const wanted = applied('1', {
  suspend: false,
  args: [],
  limits: { cpu: '0.5' },
  env: [{ name: 'A' }, { name: 'B' }],
  none: { of: {} },
});

it('what the server adds, leaves out and writes otherwise is still as it was applied', () => {
  const spec = {
    suspend: false,
    limits: { cpu: '500m' },
    env: [{ name: 'X' }, { name: 'A', value: '' }, { name: 'B' }],
  };
  expect(isAsApplied(wanted, applied('1', { ...spec, history: 3 }, { status: {} }))).toBe(true);
});

it('another manifest, a changed field, one that is gone, and nothing at all are not', () => {
  const { spec } = wanted;
  expect(isAsApplied(wanted, undefined)).toBe(false);
  expect(isAsApplied(wanted, applied('2', spec))).toBe(false);
  expect(isAsApplied(wanted, applied('1', { ...spec, suspend: true }))).toBe(false);
  expect(isAsApplied(wanted, applied('1', { ...spec, limits: { cpu: '501m' } }))).toBe(false);
  expect(isAsApplied(wanted, applied('1', { ...spec, env: [{ name: 'A' }] }))).toBe(false);
  expect(isAsApplied(wanted, applied('1', { ...spec, env: undefined }))).toBe(false);
});
