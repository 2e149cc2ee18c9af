import { describe, expect, test } from 'vitest';
import { exitCodes, Failure, reasonOf } from '../src/failure.ts';

describe('Failure', () => {
  test('takes one why and next, or several, or none', () => {
    expect(new Failure('usage', { what: 'x', why: 'a', next: 'b' })).toMatchObject({ why: ['a'], next: ['b'] });
    expect(new Failure('usage', { what: 'x', why: ['a', 'b'], next: [] })).toMatchObject({ why: ['a', 'b'], next: [] });
    expect(new Failure('usage', { what: 'x' })).toMatchObject({ message: 'x', why: [], next: [] });
  });

  test('is an Error with its cause', () => {
    const cause = new Error('deep');
    expect(new Failure('usage', { what: 'x', cause })).toMatchObject({ name: 'Failure', cause });
    expect('cause' in new Failure('usage', { what: 'x' })).toBe(false);
  });

  test('has an exit code of its own for each kind', () => {
    const codes = Object.values(exitCodes);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.every((code) => Number.isInteger(code) && code >= 0 && code < 256)).toBe(true);
  });
});

describe('reasonOf', () => {
  test.each([
    [new Failure('usage', { what: 'what' }), 'what'],
    [new Failure('usage', { what: 'what', why: ['one', 'two'], next: 'unsaid' }), 'what: one; two'],
    [new Error('message'), 'message'],
    [new TypeError(''), 'TypeError'],
    [new AggregateError([new Error('one'), new Failure('usage', { what: 'two' })]), 'one; two'],
    [new AggregateError([new Error('one')], 'said so'), 'said so'],
    ['text', 'text'],
    [undefined, 'undefined'],
  ])('of %o is one line', (error, reason) => {
    expect(reasonOf(error)).toBe(reason);
  });
});
