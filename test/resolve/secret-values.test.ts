import { expect, test } from 'vitest';
import { secretValuesOf } from '../../src/resolve/secret-values.ts';

const store = { cell: 'canary', name: 'warehouse', connector: 'postgres', dsn: undefined };

test('a key that was found nowhere is no secret, so that a message can name it', () => {
  const fields = { connection_string: 'postgresql://jane:${URL_PASS}@db/x', password: '${PG_PASS}', token: 'hidden' };
  const values = secretValuesOf({ ...store, fields, secretFields: ['password', 'token'] });
  expect(values).toContain('hidden');
  expect(values).not.toContain('${PG_PASS}');
  expect(values).not.toContain('${URL_PASS}');
});

test('a secret with a key in the midst of it stays one', () => {
  const fields = { password: 'half-${PG_PASS}' };
  expect(secretValuesOf({ ...store, fields, secretFields: ['password'] })).toEqual(['half-${PG_PASS}']);
});
