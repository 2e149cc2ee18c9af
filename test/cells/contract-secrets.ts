import { expect, test } from 'vitest';
import type { CellRepository } from '../../src/cells/repository.ts';
import { cellOf, storeOf, trickyStrings } from './manifests.ts';

/** The part of the contract that is about Secrets and ConfigMaps. */
export function describeSecrets(cells: () => CellRepository): void {
  test('a Secret reads back exactly, whatever its values', async () => {
    await cells().applyCell(cellOf('canary'));
    const values = { ...trickyStrings, long: 'x'.repeat(10_000), constructor: 'own', 'a.b_c-d': 'dots' };
    expect(await cells().secrets.set('canary', 'warehouse', values)).toBe('created');
    expect(await cells().secrets.read('canary', 'warehouse')).toEqual(values);
    expect(await cells().secrets.read('canary', 'lake-raw')).toBeUndefined();
  });

  test('setting keys merges them into the Secret and says whether anything changed', async () => {
    await cells().applyCell(cellOf('canary'));
    await cells().secrets.set('canary', 'warehouse', { PG_USER: 'u', PG_PASS: 'old' });
    expect(await cells().secrets.set('canary', 'warehouse', { PG_PASS: 'old' })).toBe('unchanged');
    expect(await cells().secrets.set('canary', 'warehouse', { PG_PASS: 'new', PG_HOST: 'h' })).toBe('changed');
    expect(await cells().secrets.read('canary', 'warehouse')).toEqual({ PG_USER: 'u', PG_PASS: 'new', PG_HOST: 'h' });
  });

  test('Secrets are listed by name with their keys, without a value', async () => {
    await cells().applyCell(cellOf('canary'));
    await cells().secrets.set('canary', 'warehouse', { PG_USER: 'joe-user', PG_PASS: 'hunter2' });
    await cells().secrets.set('canary', 'cell-secrets', { TOKEN: 'abcdef' });
    const list = await cells().secrets.list('canary');
    expect(list).toEqual([
      { secret: 'cell-secrets', keys: ['TOKEN'] },
      { secret: 'warehouse', keys: ['PG_PASS', 'PG_USER'] },
    ]);
  });

  test('a key is unset once, and leaves the others', async () => {
    await cells().applyCell(cellOf('canary'));
    await cells().secrets.set('canary', 'warehouse', { PG_USER: 'u', PG_PASS: 'p' });
    expect(await cells().secrets.unset('canary', 'warehouse', 'PG_PASS')).toBe(true);
    expect(await cells().secrets.unset('canary', 'warehouse', 'PG_PASS')).toBe(false);
    expect(await cells().secrets.unset('canary', 'warehouse', 'toString')).toBe(false);
    expect(await cells().secrets.unset('canary', 'lake-raw', 'PG_PASS')).toBe(false);
    expect(await cells().secrets.read('canary', 'warehouse')).toEqual({ PG_USER: 'u' });
  });

  test('a Secret whose last key was unset is there and empty', async () => {
    await cells().applyCell(cellOf('canary'));
    await cells().secrets.set('canary', 'warehouse', { PG_PASS: 'p' });
    await cells().secrets.unset('canary', 'warehouse', 'PG_PASS');
    expect(await cells().secrets.read('canary', 'warehouse')).toEqual({});
    expect(await cells().secrets.list('canary')).toEqual([{ secret: 'warehouse', keys: [] }]);
  });

  test('different keys that are set at once are all kept', async () => {
    await cells().applyCell(cellOf('canary'));
    const keys = Array.from({ length: 12 }, (_, index) => `KEY_${index}`);
    await Promise.all(keys.map((key) => cells().secrets.set('canary', 'warehouse', { [key]: key })));
    expect(Object.keys((await cells().secrets.read('canary', 'warehouse')) ?? {}).sort()).toEqual([...keys].sort());
  });

  test('writing a Secret or ConfigMap into a cell that does not exist is refused', async () => {
    const refused = { name: 'Failure', kind: 'notFound' };
    await expect(cells().secrets.set('canary', 'warehouse', { A: 'b' })).rejects.toMatchObject(refused);
    await expect(cells().secrets.unset('canary', 'warehouse', 'A')).rejects.toMatchObject(refused);
    await expect(cells().configMaps.apply('canary', 'settings', { A: 'b' })).rejects.toMatchObject(refused);
  });

  test.each(['../warehouse', 'a/b', '', '..', 'Warehouse'])('the Secret name %j is refused', async (name) => {
    await cells().applyCell(cellOf('canary'));
    await expect(cells().secrets.set('canary', name, { A: 'b' })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(cells().configMaps.apply('canary', name, { A: 'b' })).rejects.toMatchObject({ kind: 'invalid' });
    expect(await cells().secrets.read('canary', name)).toBeUndefined();
    expect(await cells().configMaps.read('canary', name)).toBeUndefined();
  });

  test('an impossible key is refused, and what follows "=" in it is not repeated', async () => {
    await cells().applyCell(cellOf('canary'));
    const setting = cells().secrets.set('canary', 'warehouse', { 'PG_PASS=hunter2': 'x' });
    const failure = await setting.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ kind: 'invalid', message: expect.stringContaining('PG_PASS') });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('hunter2');
    expect(await cells().secrets.read('canary', 'warehouse')).toBeUndefined();
  });

  test('a ConfigMap is brought to exactly the keys applied', async () => {
    await cells().applyCell(cellOf('canary'));
    await cells().applyStore('canary', storeOf('settings'));
    expect(await cells().configMaps.apply('canary', 'settings', trickyStrings)).toBe('created');
    expect(await cells().configMaps.read('canary', 'settings')).toEqual(trickyStrings);
    expect(await cells().configMaps.apply('canary', 'settings', trickyStrings)).toBe('unchanged');
    expect(await cells().configMaps.apply('canary', 'settings', { only: 'this' })).toBe('changed');
    expect(await cells().configMaps.read('canary', 'settings')).toEqual({ only: 'this' });
  });
}
