import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../src/controller/log.ts';
import { WorkQueue } from '../../src/controller/work-queue.ts';
import { Failure } from '../../src/failure.ts';
import { createTestContext } from '../helpers/context.ts';
import { eventually } from '../tools/eventually.ts';

let ending: AbortController;
let done: string[];
beforeEach(() => {
  ending = new AbortController();
  done = [];
});
afterEach(() => ending.abort());

function open(work: (key: string) => Promise<Date | undefined>, concurrency = 2) {
  const { context, stderr } = createTestContext();
  const options = { work, concurrency, log: createLog(context), now: () => new Date(), signal: ending.signal };
  return { queue: new WorkQueue(options), log: stderr };
}

/** Work that goes on until it is let go. */
function gated() {
  const gates = new Map<string, () => void>();
  const work = async (key: string) => {
    await new Promise<void>((resolve) => gates.set(key, resolve));
    gates.delete(key);
    done.push(key);
    return undefined;
  };
  const letGo = (key: string) => gates.get(key)?.();
  return { work, working: () => [...gates.keys()], letGo };
}

describe('a queue', () => {
  it('works on a key once, however often it was added, and once more for what came during the work', async () => {
    const { work, working, letGo } = gated();
    const { queue } = open(work);
    for (const key of ['a', 'a', 'a']) queue.add(key);
    expect(working()).toEqual(['a']);
    letGo('a');
    await eventually(working).toEqual(['a']);
    letGo('a');
    await eventually(() => done).toEqual(['a', 'a']);
    expect(working()).toEqual([]);
  });

  it('works on so many keys at once, in their order', async () => {
    const { work, working, letGo } = gated();
    const { queue } = open(work);
    for (const key of ['a', 'b', 'c', 'd']) queue.add(key);
    expect(working()).toEqual(['a', 'b']);
    letGo('b');
    await eventually(working).toEqual(['a', 'c']);
  });

  it('comes back to a key when it was told to, at the earlier of two times', async () => {
    const soon = () => new Date(Date.now() + 20);
    const { queue } = open(async (key) => {
      done.push(key);
      return done.length === 1 ? soon() : undefined;
    });
    queue.add('a');
    queue.addAt('a', new Date(Date.now() + 3_600_000));
    await eventually(() => done).toEqual(['a', 'a']);
  });

  it('tries again what failed, and tells a Failure from a fault of ours', async () => {
    const errors = [new Failure('conflict', { what: 'It was changed', why: 'meanwhile' }), new Error('a bug')];
    const { queue, log } = open(async (key) => {
      const error = errors.shift();
      if (error) throw error;
      done.push(key);
      return undefined;
    });
    queue.add('ns/a');
    await eventually(() => done).toEqual(['ns/a']);
    expect(log()).toMatch(/level=warn what="failed, and is tried again" object=ns\/a why="It was changed: meanwhile"/);
    expect(log()).toMatch(/level=error what="a fault of ours" object=ns\/a why="Error: a bug\\n/);
  });

  it('ends what was begun, and nothing else, once it is told to stop', async () => {
    const { work, working, letGo } = gated();
    const { queue } = open(work, 1);
    for (const key of ['a', 'b']) queue.add(key);
    const ended = queue.untilAborted().then(() => done.push('ended'));
    ending.abort();
    queue.addAt('c', new Date());
    letGo('a');
    await ended;
    expect([done, working()]).toEqual([['a', 'ended'], []]);
  });
});
