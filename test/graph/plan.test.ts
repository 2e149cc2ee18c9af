import { describe, expect, test } from 'vitest';
import { createGraph } from '../../src/graph/graph.ts';
import { plan } from '../../src/graph/plan.ts';
import { makes, newWorld } from './steps.ts';

const { signal } = new AbortController();

describe('plan', () => {
  test('says why each step would run, "after" a step it cannot know yet, and nothing for what is done', async () => {
    const steps = [makes('d', ['c']), makes('c', ['a', 'b']), makes('b', ['a']), makes('a'), makes('e', ['a'])];
    const world = newWorld(['a', 'c']);
    expect(await plan(createGraph(steps), world, signal)).toEqual([
      { step: 'd', title: 'Step d', action: 'run', why: 'after Step c' },
      { step: 'c', title: 'Step c', action: 'run', why: 'after Step b' },
      { step: 'b', title: 'Step b', action: 'run', why: 'b is missing' },
      { step: 'a', title: 'Step a', action: 'none', why: '' },
      { step: 'e', title: 'Step e', action: 'run', why: 'e is missing' },
    ]);
  });

  test('runs nothing, and looks at no step behind one that would run', async () => {
    const world = newWorld();
    await plan(createGraph([makes('a'), makes('b', ['a'])]), world, signal);
    expect(world.calls).toEqual(['check a']);
  });

  test('finds nothing to do after a run', async () => {
    const planned = await plan(createGraph([makes('a'), makes('b', ['a'])]), newWorld(['a', 'b']), signal);
    expect(planned.map(({ action }) => action)).toEqual(['none', 'none']);
  });

  test('ends with what a check throws', async () => {
    const check = () => Promise.reject(new Error('no look'));
    await expect(plan(createGraph([makes('a', [], { check })]), newWorld(), signal)).rejects.toThrow('no look');
  });

  test('ends with the reason of an abort', async () => {
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(plan(createGraph([makes('a')]), newWorld(), aborted)).rejects.toThrow('enough');
  });

  test('plans 1,000 steps in a chain, last one first', async () => {
    const chain = Array.from({ length: 1000 }, (_, index) => makes(`${index}`, index === 0 ? [] : [`${index - 1}`]));
    const planned = await plan(createGraph(chain.reverse()), newWorld(), signal);
    expect(planned.at(0)).toMatchObject({ step: '999', why: 'after Step 998' });
  });
});
