import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { scramVerifier } from '../../src/tools/postgres-scram.ts';

// https://www.rfc-editor.org/rfc/rfc7677#section-3
const salt = 'W22ZaJ0SNY7soEsUEjb6gQ==';
const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
const exchange = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=${salt},i=4096,c=biws,r=${nonce}`;

test('a verifier holds the keys of the example in RFC 7677', async () => {
  const verifier = await scramVerifier('pencil', Buffer.from(salt, 'base64'));
  const [, , storedKey, serverKey] = /^(.*)\$(.*):(.*)$/.exec(verifier) ?? [];
  expect(verifier).toMatch(`SCRAM-SHA-256$4096:${salt}$`);
  expect(storedKey).toHaveLength(44);
  const signature = createHmac('sha256', Buffer.from(serverKey ?? '', 'base64'))
    .update(exchange)
    .digest('base64');
  expect(signature).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
});

test('two verifiers of one password differ', async () => {
  expect(await scramVerifier('pencil')).not.toBe(await scramVerifier('pencil'));
});
