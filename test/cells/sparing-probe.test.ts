import { expect, test } from 'vitest';
import { type Probe, sparing } from '../../src/cells/sparing-probe.ts';
import type { Store } from '../../src/manifest/schema/store.ts';

const storeAt = (name: string, host: string): Store => ({
  apiVersion: 'datakit.infoblox.dev/v1alpha1',
  kind: 'Store',
  metadata: { name },
  spec: { connector: 'postgres', connection: { host } },
});

function counted(probe: Probe) {
  const asked: string[] = [];
  const look = sparing(async (cell, store) => {
    asked.push(`${cell}/${store.metadata.name}`);
    return probe(cell, store);
  });
  return { look, asked };
}

test('a server that nobody reaches is asked once, and all its Stores are told why', async () => {
  const { look, asked } = counted(async () => ({ ready: false, reason: 'no such name', unreachable: true }));
  const found = await Promise.all(
    ['a', 'b', 'c'].flatMap((cell) => ['x', 'y'].map((name) => look(cell, storeAt(name, 'nowhere')))),
  );
  expect(asked).toEqual(['a/x']);
  expect(found.map(({ reason }) => reason)).toEqual(Array.from({ length: 6 }, () => 'no such name'));
});

test('a server that answers is asked for each Store, as each has a login of its own', async () => {
  const { look, asked } = counted(async (_, { metadata }) => ({ ready: metadata.name === 'x' }));
  const found = await Promise.all(['x', 'y', 'z'].map((name) => look('a', storeAt(name, 'here'))));
  expect(asked.toSorted()).toEqual(['a/x', 'a/y', 'a/z']);
  expect(found.map(({ ready }) => ready)).toEqual([true, false, false]);
});

test('servers are told apart', async () => {
  const { look, asked } = counted(async () => ({ ready: false, unreachable: true }));
  await Promise.all([look('a', storeAt('x', 'one')), look('a', storeAt('y', 'two'))]);
  expect(asked).toEqual(['a/x', 'a/y']);
});
