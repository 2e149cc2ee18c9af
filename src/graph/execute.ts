import type { Listener, StepOutcome } from './events.ts';
import type { Graph } from './graph.ts';
import type { Step } from './step.ts';

export interface StepResult {
  readonly step: string;
  readonly title: string;
  readonly outcome: StepOutcome;
  /** What was thrown, for a step that failed. */
  readonly error?: unknown;
}

/** How a graph ended; results stand in the order in which the steps were given. */
export interface GraphResult {
  readonly ok: boolean;
  readonly aborted: boolean;
  readonly results: readonly StepResult[];
}

interface Options {
  readonly signal: AbortSignal;
  readonly listener: Listener;
  /** Milliseconds, monotonic. */
  readonly clock?: () => number;
  /** Orders the steps that may start now; tests shuffle, so that a missing need shows. */
  readonly order?: <Item>(ready: readonly Item[]) => readonly Item[];
}

/**
 * Runs independent steps at once, each when all its needs are done. A failed step stops only what needs it;
 * an abort starts nothing new and waits for what runs. Never throws: failures are in the result.
 */
export async function execute<World>(graph: Graph<World>, world: World, options: Options): Promise<GraphResult> {
  const { listener, signal, clock = () => performance.now(), order = (ready) => ready } = options;
  const started = clock();
  const results = new Map<string, StepResult>();
  const running = new Map<string, Promise<void>>();
  const finish = (step: Step<World>, outcome: StepOutcome, since: number, error?: unknown) => {
    results.set(step.id, { step: step.id, title: step.title, outcome, ...(error === undefined ? {} : { error }) });
    const reason = error === undefined ? {} : { reason: messageOf(error) };
    const milliseconds = clock() - since;
    listener({ type: 'step-finished', step: step.id, title: step.title, outcome, milliseconds, ...reason });
  };
  const start = (step: Step<World>) => {
    const since = clock();
    running.set(
      step.id,
      perform(step, world, options)
        .then(
          (outcome) => finish(step, outcome, since),
          (error: unknown) => finish(step, signal.aborted ? 'aborted' : 'failed', since, error),
        )
        .finally(() => running.delete(step.id)),
    );
  };
  listener({ type: 'graph-started', steps: graph.steps.map(({ id, title }) => ({ id, title })) });
  for (;;) {
    for (const step of blocked(graph, results)) finish(step, 'skipped', clock(), blame(step, results));
    if (signal.aborted) for (const step of waiting(graph, results, running)) finish(step, 'aborted', clock());
    for (const step of order(ready(graph, results, running))) start(step);
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  const ordered = graph.steps.flatMap(({ id }) => results.get(id) ?? []);
  const ok = ordered.every(({ outcome }) => succeeded(outcome));
  listener({ type: 'graph-finished', ok, milliseconds: clock() - started });
  return { ok, aborted: signal.aborted && !ok, results: ordered };
}

/** check, run, check. */
async function perform<World>(step: Step<World>, world: World, options: Options): Promise<StepOutcome> {
  const { signal, listener } = options;
  const before = await step.check(world, signal);
  if (before.done) return 'unchanged';
  signal.throwIfAborted();
  const { id, title } = step;
  listener({ type: 'step-started', step: id, title, why: before.why });
  await step.run(world, { signal, say: (what) => listener({ type: 'step-said', step: id, title, what }) });
  const after = await step.check(world, signal);
  if (!after.done) throw new Error(`it ran, and still: ${after.why}`);
  return 'changed';
}

type Results = ReadonlyMap<string, StepResult>;

const succeeded = (outcome: StepOutcome | undefined) => outcome === 'unchanged' || outcome === 'changed';

function waiting<World>(graph: Graph<World>, results: Results, running: ReadonlyMap<string, unknown>) {
  return graph.steps.filter(({ id }) => !results.has(id) && !running.has(id));
}

function ready<World>(graph: Graph<World>, results: Results, running: ReadonlyMap<string, unknown>) {
  return waiting(graph, results, running).filter(({ needs }) =>
    needs.every((need) => succeeded(results.get(need)?.outcome)),
  );
}

/** Steps that can never start, their own dependants included. */
function blocked<World>(graph: Graph<World>, results: Results): Step<World>[] {
  const lost = new Set([...results.values()].filter(({ outcome }) => !succeeded(outcome)).map(({ step }) => step));
  const found: Step<World>[] = [];
  for (let before = -1; before < found.length; ) {
    before = found.length;
    for (const step of graph.steps) {
      if (results.has(step.id) || lost.has(step.id) || !step.needs.some((need) => lost.has(need))) continue;
      lost.add(step.id);
      found.push(step);
    }
  }
  return found;
}

function blame<World>(step: Step<World>, results: Results): Error {
  const lost = step.needs.filter((need) => results.has(need) && !succeeded(results.get(need)?.outcome));
  return new Error(`needs ${lost.map((need) => results.get(need)?.title ?? need).join(', ') || 'a step that was skipped'}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
