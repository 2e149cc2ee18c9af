import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFileCells } from '../../src/cells/files.ts';
import { cellOf, storeOf } from './manifests.ts';
import { openTemporary } from './temporary.ts';

let at: Awaited<ReturnType<typeof openTemporary>>;
beforeEach(async () => {
  at = await openTemporary();
});
afterEach(() => at.close());

test('readiness is asked for only when wanted, and a cell is ready when all its Stores are', async () => {
  const asked: string[] = [];
  const probe = async (cell: string, { metadata }: { metadata: { name: string } }) => {
    asked.push(`${cell}/${metadata.name}`);
    return metadata.name === 'broken' ? { ready: false, reason: 'connection refused' } : { ready: true };
  };
  const cells = openFileCells({ ...at, probe });
  for (const name of ['good', 'bad']) await cells.applyCell(cellOf(name));
  for (const [cell, store] of [
    ['good', 'fine'],
    ['bad', 'fine'],
    ['bad', 'broken'],
  ] as const) {
    await cells.applyStore(cell, storeOf(store));
  }
  expect((await cells.list()).map(({ ready }) => ready)).toEqual([undefined, undefined]);
  expect((await cells.stores('bad')).map(({ ready }) => ready)).toEqual([undefined, undefined]);
  expect(asked).toEqual([]);
  expect((await cells.list({ probe: true })).map(({ name, ready }) => [name, ready])).toEqual([
    ['bad', false],
    ['good', true],
  ]);
  expect((await cells.stores('bad', { probe: true })).map(({ ready, reason }) => [ready, reason])).toEqual([
    [false, 'connection refused'],
    [true, undefined],
  ]);
});
