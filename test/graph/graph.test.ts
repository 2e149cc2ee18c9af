import { describe, expect, test } from 'vitest';
import { createGraph } from '../../src/graph/graph.ts';
import { makes } from './steps.ts';

describe('createGraph', () => {
  test('keeps the steps in their order', () => {
    expect(createGraph([makes('b', ['a']), makes('a')]).steps.map(({ id }) => id)).toEqual(['b', 'a']);
  });

  test('accepts no steps at all', () => {
    expect(createGraph([]).steps).toEqual([]);
  });

  test('refuses two steps of one id, and names it', () => {
    expect(() => createGraph([makes('a'), makes('b'), makes('b')])).toThrow('two steps are called b');
  });

  test('refuses a need that no step meets, and names both', () => {
    expect(() => createGraph([makes('a', ['nobody'])])).toThrow('step a needs nobody, which does not exist');
  });

  test('refuses a step that needs itself', () => {
    expect(() => createGraph([makes('a', ['a'])])).toThrow('steps need each other: a → a');
  });

  test('names exactly the steps of a cycle, not those around it', () => {
    const before = makes('before');
    const after = makes('after', ['c']);
    const cycle = [makes('a', ['before', 'b']), makes('b', ['c']), makes('c', ['a'])];
    expect(() => createGraph([after, before, ...cycle])).toThrow(/^steps need each other: c → a → b → c$/);
  });

  test('takes a diamond, and a need that is said twice, for no cycle', () => {
    const steps = [makes('a'), makes('b', ['a', 'a']), makes('c', ['a']), makes('d', ['b', 'c'])];
    expect(createGraph(steps).steps).toHaveLength(4);
  });

  test('checks a chain of 10,000 steps, last one first, without overflowing the stack', () => {
    const chain = Array.from({ length: 10_000 }, (_, index) => makes(`${index}`, index === 0 ? [] : [`${index - 1}`]));
    expect(createGraph(chain.reverse()).steps).toHaveLength(10_000);
  });
});
