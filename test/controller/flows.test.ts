import { expect, it } from 'vitest';
import { createFlows } from '../../src/controller/flows.ts';
import { createInterests } from '../../src/controller/interests.ts';
import { deploymentWith } from './deployments.ts';

it('a deployment reads what others of its namespace write, if their last run has succeeded', () => {
  const flows = createFlows();
  flows.set('ns/orders', { inputs: [], outputs: ['orders', 'returns'] });
  flows.set('ns/revenue', { inputs: ['orders', 'prices'], outputs: ['revenue'] });
  flows.set('other/orders', { inputs: [], outputs: ['orders'] });
  expect(flows.readersOf('ns/orders')).toEqual(['ns/revenue']);
  expect(flows.readersOf('ns/revenue')).toEqual([]);
  const after = (status: string) => () => ({
    ...deploymentWith({ name: 'orders' }),
    status: { lastRun: { id: 'orders-1', status } },
  });
  expect(flows.producersOf('ns/revenue', after('Succeeded'))).toEqual({ orders: 'orders-1' });
  expect(flows.producersOf('ns/revenue', after('Running'))).toEqual({});
  flows.set('ns/orders', undefined);
  expect(flows.producersOf('ns/revenue', after('Succeeded'))).toEqual({});
});

it('that something else is written is news, and the same again is none', () => {
  const flows = createFlows();
  expect(flows.set('ns/a', { inputs: [], outputs: ['x'] })).toBe(true);
  expect(flows.set('ns/a', { inputs: ['y'], outputs: ['x'] })).toBe(false);
  expect(flows.set('ns/a', { inputs: ['y'], outputs: ['z'] })).toBe(true);
});

it('whoever asks for a thing is found by it, until he asks for others', () => {
  const interests = createInterests();
  interests.set('a', new Set(['Store warehouse', 'Cell canary']));
  interests.set('b', new Set(['Cell canary']));
  expect(interests.in('Cell canary')).toEqual(['a', 'b']);
  interests.set('a', new Set(['Store warehouse']));
  interests.add('c', 'Store warehouse');
  expect([interests.in('Cell canary'), interests.in('Store warehouse'), interests.in('none')]).toEqual([
    ['b'],
    ['a', 'c'],
    [],
  ]);
});
