import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { createRandom, shuffled } from '../helpers/random.ts';
import { deferred, fails, makes, newWorld, runSteps } from './steps.ts';

describe('a graph that succeeds', () => {
  test('checks, runs and checks again what is not done', async () => {
    const { world, outcomes, result } = await runSteps([makes('a')]);
    expect(world.calls).toEqual(['check a', 'run a', 'check a']);
    expect(outcomes).toEqual({ a: 'changed' });
    expect(result).toMatchObject({ ok: true, aborted: false });
  });

  test('checks what is done once, and does not run it', async () => {
    const { world, outcomes } = await runSteps([makes('a')], { world: newWorld(['a']) });
    expect(world.calls).toEqual(['check a']);
    expect(outcomes).toEqual({ a: 'unchanged' });
  });

  test('changes nothing the second time', async () => {
    const steps = [makes('a'), makes('b', ['a'])];
    const { world } = await runSteps(steps);
    expect((await runSteps(steps, { world })).outcomes).toEqual({ a: 'unchanged', b: 'unchanged' });
  });

  test('is ok without steps', async () => {
    expect((await runSteps([])).result).toEqual({ ok: true, aborted: false, results: [] });
  });

  test('gives results in the order of the steps, not of their ends', async () => {
    const { result } = await runSteps([makes('c', ['b']), makes('b', ['a']), makes('a')]);
    expect(result.results.map(({ step }) => step)).toEqual(['c', 'b', 'a']);
  });

  test.each([
    1, 2, 3, 4, 5, 6, 7, 8,
  ])('runs each step after all it needs, whatever the order (seed %i)', async (seed) => {
    const random = createRandom(seed);
    const steps = Array.from({ length: 60 }, (_, index) => {
      const needs = Array.from({ length: index }, (_, other) => `${other}`).filter(() => random() < 0.1);
      return makes(`${index}`, needs);
    });
    const order = <Item>(ready: readonly Item[]) => shuffled(ready, random);
    const { world, result } = await runSteps(shuffled(steps, random), { order });
    expect(result.ok).toBe(true);
    for (const { id, needs } of steps) {
      const start = world.calls.indexOf(`check ${id}`);
      for (const need of needs) expect(world.calls.lastIndexOf(`check ${need}`)).toBeLessThan(start);
    }
  });

  test('runs independent steps at the same time', async () => {
    // Each waits for the other to have begun: one after the other, they would wait for ever.
    const [one, other] = [deferred(), deferred()];
    const meets = (mine: typeof one, theirs: typeof one) => async (world: ReturnType<typeof newWorld>) => {
      mine.resolve();
      await theirs.promise;
      world.done.add('a').add('b');
    };
    const steps = [makes('a', [], { run: meets(one, other) }), makes('b', [], { run: meets(other, one) })];
    expect((await runSteps(steps)).outcomes).toEqual({ a: 'changed', b: 'changed' });
  });

  test('begins a step as soon as its own needs are done, though others still run', async () => {
    const late = deferred();
    const slow = makes('slow', [], {
      run: async ({ done }) => {
        await late.promise;
        done.add('slow');
      },
    });
    const last = makes('last', ['quick'], {
      run: async ({ done }) => {
        done.add('last');
        late.resolve();
      },
    });
    expect((await runSteps([slow, makes('quick'), last])).result.ok).toBe(true);
  });

  test('runs 1,000 steps in a chain, and 1,000 side by side, within two seconds', async () => {
    const chain = Array.from({ length: 1000 }, (_, index) => makes(`c${index}`, index === 0 ? [] : [`c${index - 1}`]));
    const flat = Array.from({ length: 1000 }, (_, index) => makes(`f${index}`));
    const since = performance.now();
    expect((await runSteps([...chain.reverse(), ...flat])).result.ok).toBe(true);
    expect(performance.now() - since).toBeLessThan(2000);
  });
});

describe('a graph that fails', () => {
  test('stops only what needs the failed step, and says for whom each of those waited', async () => {
    const steps = [fails('a'), makes('b', ['a']), makes('c', ['b']), makes('d'), makes('e', ['d'])];
    const { outcomes, events, world } = await runSteps(steps);
    expect(outcomes).toEqual({ a: 'failed', b: 'skipped', c: 'skipped', d: 'changed', e: 'changed' });
    const reasons = events.flatMap((event) => (event.type === 'step-finished' ? [[event.step, event.reason]] : []));
    expect(Object.fromEntries(reasons)).toMatchObject({
      b: 'needs Step a, which failed',
      c: 'needs Step b, which was skipped',
    });
    expect(world.calls.filter((call) => /[bc]$/.test(call))).toEqual([]);
  });

  test('reports every failure, each with what was thrown', async () => {
    const [one, other] = [new Error('one'), new Failure('conflict', { what: 'other' })];
    const { result } = await runSteps([fails('a', [], one), fails('b', [], other), makes('c', ['a', 'b'])]);
    expect(result.ok).toBe(false);
    expect(result.results.map(({ error }) => error)).toEqual([one, other, undefined]);
  });

  test('tells the reason of a Failure with every why', async () => {
    const failure = new Failure('unhealthy', { what: 'It did not start', why: ['port taken', 'disk full'] });
    const { events } = await runSteps([fails('a', [], failure)]);
    expect(events.at(-2)).toMatchObject({ type: 'step-finished', reason: 'It did not start: port taken; disk full' });
  });

  test('fails a step that ran and still is not done, and says why', async () => {
    const { outcomes, events } = await runSteps([makes('a', [], { run: async () => {} })]);
    expect(outcomes).toEqual({ a: 'failed' });
    expect(events.at(-2)).toMatchObject({ reason: 'it ran, and still: a is missing' });
  });

  test.each([
    ['rejects', () => Promise.reject(new Error('no look'))],
    [
      'throws at once',
      () => {
        throw new Error('no look');
      },
    ],
  ])('fails a step whose check %s, and does not run it', async (_, check) => {
    const { outcomes, world, events } = await runSteps([makes('a', [], { check }), makes('b', ['a'])]);
    expect(outcomes).toEqual({ a: 'failed', b: 'skipped' });
    expect(world.calls).toEqual([]);
    expect(events.map(({ type }) => type)).toEqual([
      'graph-started',
      'step-finished',
      'step-finished',
      'graph-finished',
    ]);
  });

  test('skips 1,000 dependants of one failure at once', async () => {
    const chain = Array.from({ length: 1000 }, (_, index) => makes(`${index}`, [index === 0 ? 'a' : `${index - 1}`]));
    const { result } = await runSteps([...chain, fails('a')]);
    expect(result.results.filter(({ outcome }) => outcome === 'skipped')).toHaveLength(1000);
  });
});

describe('an abort', () => {
  test('begins nothing new, waits for what runs, and shows it the signal', async () => {
    const controller = new AbortController();
    const reason = new Failure('interrupted', { what: 'Interrupted' });
    let cleanedUp = false;
    const running = makes('running', [], {
      run: async (_, { signal }) => {
        controller.abort(reason);
        await new Promise((resolve) => setImmediate(resolve));
        cleanedUp = true;
        signal.throwIfAborted();
      },
    });
    const steps = [running, makes('next', ['running']), makes('other', ['next'])];
    const { outcomes, result, world } = await runSteps(steps, { signal: controller.signal });
    expect(cleanedUp).toBe(true);
    expect(outcomes).toEqual({ running: 'aborted', next: 'aborted', other: 'aborted' });
    expect(result).toMatchObject({ ok: false, aborted: true });
    expect(result.results[0]).toMatchObject({ error: reason });
    expect(world.calls).toEqual(['check running']);
  });

  test('lets a step that can still end well end well', async () => {
    const controller = new AbortController();
    const run = async ({ done }: ReturnType<typeof newWorld>) => {
      controller.abort();
      done.add('a');
    };
    const { outcomes, result } = await runSteps([makes('a', [], { run }), makes('b', ['a'])], {
      signal: controller.signal,
    });
    expect(outcomes).toEqual({ a: 'changed', b: 'aborted' });
    expect(result.aborted).toBe(true);
  });

  test('between check and run keeps the step from running', async () => {
    const controller = new AbortController();
    const check = async () => {
      controller.abort();
      return { done: false, why: 'missing' } as const;
    };
    const { outcomes, events, world } = await runSteps([makes('a', [], { check })], { signal: controller.signal });
    expect(outcomes).toEqual({ a: 'aborted' });
    expect(world.calls).toEqual([]);
    expect(events.some(({ type }) => type === 'step-started')).toBe(false);
  });

  test('before the beginning looks at nothing, and still tells the end of every step', async () => {
    const { outcomes, events, world } = await runSteps([makes('a'), makes('b', ['a'])], {
      signal: AbortSignal.abort(),
    });
    expect(outcomes).toEqual({ a: 'aborted', b: 'aborted' });
    expect(world.calls).toEqual([]);
    expect(events.filter(({ type }) => type === 'step-finished')).toHaveLength(2);
  });

  test('after the last step is no abort', async () => {
    const controller = new AbortController();
    const run = async ({ done }: ReturnType<typeof newWorld>) => {
      done.add('a');
      controller.abort();
    };
    const { result } = await runSteps([makes('a', [], { run })], { signal: controller.signal });
    expect(result).toMatchObject({ ok: true, aborted: false });
  });
});

describe('the events', () => {
  test('begin with all steps, follow each one from start to finish, and end with the outcome', async () => {
    const run = async ({ done }: ReturnType<typeof newWorld>, { say }: { say(what: string): void }) => {
      say('nearly');
      done.add('a');
    };
    const { events } = await runSteps([makes('a', [], { run })]);
    const step = { step: 'a', title: 'Step a' };
    expect(events).toEqual([
      { type: 'graph-started', steps: [{ id: 'a', title: 'Step a' }] },
      { type: 'step-started', ...step, why: 'a is missing' },
      { type: 'step-said', ...step, what: 'nearly' },
      { type: 'step-finished', ...step, outcome: 'changed', milliseconds: expect.any(Number) },
      { type: 'graph-finished', ok: true, milliseconds: expect.any(Number) },
    ]);
  });

  test.each([
    11, 12, 13, 14, 15,
  ])('finish every step exactly once, after its start, whatever fails (seed %i)', async (seed) => {
    const random = createRandom(seed);
    const controller = new AbortController();
    const steps = Array.from({ length: 40 }, (_, index) => {
      const needs = Array.from({ length: index }, (_, other) => `${other}`).filter(() => random() < 0.08);
      const lot = random();
      if (lot < 0.1) return fails(`${index}`, needs);
      if (lot < 0.15 && seed % 2 === 0) return makes(`${index}`, needs, { run: async () => controller.abort() });
      return makes(`${index}`, needs);
    });
    const order = <Item>(ready: readonly Item[]) => shuffled(ready, random);
    const { events, result } = await runSteps(steps, { order, signal: controller.signal });
    const finished = events.flatMap((event) => (event.type === 'step-finished' ? [event.step] : []));
    expect([...finished].sort()).toEqual(steps.map(({ id }) => id).sort());
    for (const [index, event] of events.entries()) {
      if (event.type !== 'step-started' && event.type !== 'step-said') continue;
      const end = events.findIndex((other) => other.type === 'step-finished' && other.step === event.step);
      expect(end).toBeGreaterThan(index);
    }
    expect(events.at(-1)).toMatchObject({ type: 'graph-finished', ok: result.ok });
  });

  test('measure each step by the clock they are given', async () => {
    const { execute } = await import('../../src/graph/execute.ts');
    const { createGraph } = await import('../../src/graph/graph.ts');
    let now = 0;
    const run = async ({ done }: ReturnType<typeof newWorld>) => {
      now += 250;
      done.add('a');
    };
    const times: number[] = [];
    await execute(createGraph([makes('a', [], { run })]), newWorld(), {
      signal: new AbortController().signal,
      clock: () => now,
      listener: (event) => 'milliseconds' in event && times.push(event.milliseconds),
    });
    expect(times).toEqual([250, 250]);
  });
});
