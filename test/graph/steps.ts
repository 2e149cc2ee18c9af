import type { Event } from '../../src/graph/events.ts';
import { execute } from '../../src/graph/execute.ts';
import { createGraph } from '../../src/graph/graph.ts';
import type { Step } from '../../src/graph/step.ts';

/** The world of these tests: what has been made true, and every call in its order. */
export interface World {
  readonly done: Set<string>;
  readonly calls: string[];
}

export const newWorld = (done: readonly string[] = []): World => ({ done: new Set(done), calls: [] });

/** A step that makes its own id true. */
export function makes(id: string, needs: readonly string[] = [], changed: Partial<Step<World>> = {}): Step<World> {
  return {
    id,
    title: `Step ${id}`,
    needs,
    async check({ done, calls }) {
      calls.push(`check ${id}`);
      return done.has(id) ? { done: true } : { done: false, why: `${id} is missing` };
    },
    async run({ done, calls }) {
      calls.push(`run ${id}`);
      done.add(id);
    },
    ...changed,
  };
}

/** A step whose run fails. */
export const fails = (id: string, needs: readonly string[] = [], error: unknown = new Error(`${id} broke`)) =>
  makes(id, needs, { run: () => Promise.reject(error) });

interface Wanted {
  readonly world?: World;
  readonly signal?: AbortSignal;
  readonly order?: <Item>(ready: readonly Item[]) => readonly Item[];
}

/** Runs steps and keeps their events. */
export async function runSteps(steps: readonly Step<World>[], wanted: Wanted = {}) {
  const { world = newWorld(), signal = new AbortController().signal, order } = wanted;
  const events: Event[] = [];
  const listener = (event: Event) => void events.push(event);
  const result = await execute(createGraph(steps), world, { signal, listener, ...(order && { order }) });
  const outcomes = Object.fromEntries(result.results.map(({ step, outcome }) => [step, outcome]));
  return { world, events, result, outcomes };
}

/** A promise with its two ends in hand. */
export function deferred<Value = void>() {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
