import { afterEach, beforeEach, expect, test } from 'vitest';
import { lookUpCellSecret } from '../../src/cells/secrets.ts';
import { cellOf } from './manifests.ts';
import { openTemporary } from './temporary.ts';

let at: Awaited<ReturnType<typeof openTemporary>>;
beforeEach(async () => {
  at = await openTemporary();
  await at.cells.applyCell(cellOf('canary'));
});
afterEach(() => at.close());

const lookUp = (key: string, store = 'warehouse') => lookUpCellSecret(at.cells, 'canary', store, key);

test('a key of the Secret named as the Store comes before the same key of cell-secrets', async () => {
  await at.cells.secrets.set('canary', 'cell-secrets', { PG_PASS: 'shared', TOKEN: 't' });
  expect(await lookUp('PG_PASS')).toMatchObject({ value: 'shared' });
  await at.cells.secrets.set('canary', 'warehouse', { PG_PASS: 'own' });
  expect(await lookUp('PG_PASS')).toMatchObject({ value: 'own' });
  expect(await lookUp('TOKEN')).toMatchObject({ value: 't' });
});

test('an empty value is a value', async () => {
  await at.cells.secrets.set('canary', 'warehouse', { PG_PASS: '' });
  expect(await lookUp('PG_PASS')).toMatchObject({ value: '' });
});

test('a key that is nowhere gives every place looked at, in order', async () => {
  expect(await lookUp('toString')).toEqual({
    lookedAt: [
      'Secret warehouse of cell canary (environment local)',
      'Secret cell-secrets of cell canary (environment local)',
    ],
  });
});

test('a Store named cell-secrets is looked up once', async () => {
  expect((await lookUp('A', 'cell-secrets')).lookedAt).toHaveLength(1);
});
