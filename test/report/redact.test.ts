import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createRedactor, createSecretRegistry, RedactingStream, secretForms } from '../../src/report/redact.ts';
import { below, createRandom } from '../helpers/random.ts';

function redact(text: string, ...secrets: string[]): string {
  const registry = createSecretRegistry();
  registry.add(secrets);
  return registry.redact(text);
}

describe('the registry', () => {
  test('masks a value wherever it stands', () => {
    expect(redact('hunter2 and "hunter2"', 'hunter2')).toBe('*** and "***"');
  });

  test.each([
    ['base64', Buffer.from('p@ss/wörd?').toString('base64')],
    ['base64 without padding', Buffer.from('p@ss/wörd?').toString('base64').replace(/=+$/, '')],
    ['base64url', Buffer.from('p@ss/wörd?').toString('base64url')],
    ['URL-encoded', encodeURIComponent('p@ss/wörd?')],
    ['form-encoded', String(new URLSearchParams([['', 'p@ss/wörd?']])).slice(1)],
  ])('masks a value in %s', (_, form) => {
    expect(redact(`<${form}>`, 'p@ss/wörd?')).toBe('<***>');
  });

  test('masks a value as JSON writes it', () => {
    expect(redact(JSON.stringify({ v: 'back\\slash"quote\nline' }), 'back\\slash"quote\nline')).toBe('{"v":"***"}');
  });

  test('masks a value without the white space around it', () => {
    expect(redact('token s3cret-token.', 's3cret-token\n')).toBe('token ***.');
  });

  test('masks the password inside a DSN', () => {
    const password = '@:/?#[]% ünï';
    expect(redact(`postgresql://u:${encodeURIComponent(password)}@h/db`, password)).toBe('postgresql://u:***@h/db');
  });

  test('leaves values of fewer than five characters alone', () => {
    expect(redact('the cat sat on 5432', 'cat', '5432', '')).toBe('the cat sat on 5432');
  });

  test('shows no part of secrets that overlap, or that begin alike', () => {
    expect(redact('<abcdefghij>', 'abcdef', 'defghij')).toBe('<***>');
    expect(redact('<abcdefgh> <abcde>', 'abcde', 'abcdefgh')).toBe('<***> <***>');
    expect(redact('<aaaaaaa>', 'aaaaa')).toBe('<***>');
  });

  test('takes a value that cannot be URL-encoded', () => {
    expect(redact('<\ud800half a pair>', '\ud800half a pair')).toBe('<***>');
  });

  test('knows values that are added later', () => {
    const registry = createSecretRegistry();
    registry.add(['first-value']);
    registry.add(['second-value']);
    expect(registry.redact('first-value second-value')).toBe('*** ***');
  });
});

describe('secretForms', () => {
  test('has no form for a short value, not even an encoded one', () => {
    expect(secretForms('abcd')).toEqual([]);
  });

  test('has each form once', () => {
    const forms = secretForms('plainvalue');
    expect(new Set(forms).size).toBe(forms.length);
  });
});

describe('the redactor of a stream', () => {
  test('masks a secret that is cut between two chunks', () => {
    const redactor = createRedactor(['hunter2']);
    expect(redactor.push('pass: hun') + redactor.push('ter2!') + redactor.flush()).toBe('pass: ***!');
  });

  test('holds back nothing that cannot begin a secret', () => {
    expect(createRedactor(['hunter2']).push('all of this\n')).toBe('all of this\n');
  });

  test('gives what it held back when it proves to be no secret', () => {
    const redactor = createRedactor(['hunter2']);
    expect(redactor.push('hunt')).toBe('');
    expect(redactor.push('ing')).toBe('hunting');
  });

  test('gives the beginning of a secret when the stream ends there', () => {
    const redactor = createRedactor(['hunter2']);
    redactor.push('hunt');
    expect(redactor.flush()).toBe('hunt');
  });

  test('does not let the rest of a longer secret out after a shorter one', () => {
    const redactor = createRedactor(['abcde', 'abcdefgh']);
    expect(redactor.push('abcde') + redactor.push('fgh') + redactor.flush()).toBe('***');
  });

  test('holds back less than the longest secret, whatever comes', () => {
    const redactor = createRedactor(['aaaaaaaa']);
    let kept = 0;
    for (let turn = 0; turn < 100; turn += 1) kept += redactor.push('a'.repeat(100)).length;
    expect(kept).toBe(3);
    expect(redactor.push('b')).toBe('b');
  });

  // A small alphabet, so that secrets overlap, repeat and begin alike.
  const word = (random: () => number, length: number) => Array.from({ length }, () => 'abX'[below(random, 3)]).join('');

  test.each(Array.from({ length: 40 }, (_, seed) => seed))('masks as if nothing had been cut (seed %i)', (seed) => {
    const random = createRandom(seed);
    for (let round = 0; round < 25; round += 1) {
      const secrets = Array.from({ length: 1 + below(random, 3) }, () => word(random, 5 + below(random, 4)));
      const parts = Array.from({ length: 8 }, () => [word(random, below(random, 6)), secrets[below(random, 3)] ?? '']);
      const text = parts.flat().join('');
      const redactor = createRedactor(secrets);
      let shown = '';
      for (let at = 0; at < text.length; ) {
        const end = at + 1 + below(random, 7);
        shown += redactor.push(text.slice(at, end));
        at = end;
      }
      expect(shown + redactor.flush(), JSON.stringify({ text, secrets })).toBe(redact(text, ...secrets));
    }
  });

  test.each(Array.from({ length: 10 }, (_, seed) => seed))('never shows a secret (seed %i)', (seed) => {
    const random = createRandom(100 + seed);
    const secrets = Array.from({ length: 4 }, () => word(random, 5 + below(random, 8)));
    const text = word(random, 3000);
    const shown = redact(text, ...secrets);
    for (const secret of secrets) expect(shown).not.toContain(secret);
  });
});

describe('RedactingStream', () => {
  function open() {
    const writes: string[] = [];
    const write = (chunk: unknown, _: unknown, done: () => void) => {
      writes.push(String(chunk));
      done();
    };
    const target = Object.assign(new Writable({ write }), {
      isTTY: true,
      columns: 120,
      rows: 40,
    });
    const registry = createSecretRegistry();
    registry.add(['hunter2']);
    return { target, writes, stream: new RedactingStream(target, registry) };
  }

  test('redacts what is written', () => {
    const { stream, writes } = open();
    stream.write('it is hunter2\n');
    expect(writes).toEqual(['it is ***\n']);
  });

  test('hands over each write before the next line of code, so that two streams keep their order', () => {
    const { stream, writes } = open();
    for (const line of ['one', 'two', 'three']) stream.write(line);
    expect(writes).toEqual(['one', 'two', 'three']);
  });

  test('puts characters together that are cut between two buffers', () => {
    const { stream, writes } = open();
    const bytes = Buffer.from('grün');
    stream.write(bytes.subarray(0, 3));
    stream.write(bytes.subarray(3));
    expect(writes.join('')).toBe('grün');
  });

  test('has the size of its target, and hears when it changes', () => {
    const { stream, target } = open();
    expect(Object.entries(stream)).toEqual(
      expect.arrayContaining([
        ['isTTY', true],
        ['columns', 120],
        ['rows', 40],
      ]),
    );
    let heard = 0;
    stream.on('resize', () => (heard += 1));
    Object.assign(target, { columns: 60, rows: 10 }).emit('resize');
    expect([stream.columns, stream.rows, heard]).toEqual([60, 10, 1]);
  });

  test('waits for a slow target', async () => {
    const release: (() => void)[] = [];
    const target = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => void release.push(done) });
    const stream = new RedactingStream(target, createSecretRegistry());
    let written = false;
    stream.write('first', () => (written = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toBe(false);
    release[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toBe(true);
  });
});
