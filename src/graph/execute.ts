import { reasonOf } from '../failure.ts';
import type { Listener, StepOutcome } from './events.ts';
import type { Graph } from './graph.ts';
import type { Step } from './step.ts';

export interface StepResult {
  readonly step: string;
  readonly title: string;
  readonly outcome: StepOutcome;
  /** What was thrown, for a step that failed or was aborted while it ran. */
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
  const since = clock();
  listener({ type: 'graph-started', steps: graph.steps.map(({ id, title }) => ({ id, title })) });
  const results = await new Execution(graph, world, { listener, signal, clock, order }).run();
  const ordered = graph.steps.flatMap(({ id }) => results.get(id) ?? []);
  const ok = ordered.every(({ outcome }) => isDone(outcome));
  listener({ type: 'graph-finished', ok, milliseconds: clock() - since });
  return { ok, aborted: signal.aborted && !ok, results: ordered };
}

/** How a step ended, with what it threw or why it was never begun. */
interface Ending {
  readonly outcome: StepOutcome;
  readonly error?: unknown;
  readonly reason?: string;
}

class Execution<World> {
  readonly #world: World;
  readonly #options: Required<Options>;
  readonly #waiting: Set<Step<World>>;
  readonly #results = new Map<string, StepResult>();

  constructor({ steps }: Graph<World>, world: World, options: Required<Options>) {
    this.#world = world;
    this.#options = options;
    this.#waiting = new Set(steps);
  }

  async run(): Promise<ReadonlyMap<string, StepResult>> {
    await this.#advance();
    return this.#results;
  }

  /** Begins all that may begin now; settles when those, and all that came after them, have ended. */
  async #advance(): Promise<void> {
    if (this.#options.signal.aborted) {
      for (const step of this.#waiting) this.#finish(step, { outcome: 'aborted' });
    }
    const ready = [...this.#waiting].filter((step) => this.#isReady(step));
    for (const step of ready) this.#waiting.delete(step);
    await Promise.all(this.#options.order(ready).map((step) => this.#perform(step)));
  }

  #isReady({ needs }: Step<World>): boolean {
    return needs.every((need) => isDone(this.#results.get(need)?.outcome));
  }

  async #perform(step: Step<World>): Promise<void> {
    const since = this.#options.clock();
    const ending = await this.#attempt(step);
    this.#finish(step, ending, since);
    if (ending.outcome === 'failed') this.#skipDependants(step);
    await this.#advance();
  }

  async #attempt(step: Step<World>): Promise<Ending> {
    try {
      return { outcome: await this.#checkRunCheck(step) };
    } catch (error) {
      return { outcome: this.#options.signal.aborted ? 'aborted' : 'failed', error, reason: reasonOf(error) };
    }
  }

  async #checkRunCheck(step: Step<World>): Promise<'unchanged' | 'changed'> {
    const { id, title } = step;
    const { signal, listener } = this.#options;
    const before = await step.check(this.#world, signal);
    if (before.done) return 'unchanged';
    signal.throwIfAborted();
    listener({ type: 'step-started', step: id, title, why: before.why });
    await step.run(this.#world, {
      signal,
      say: (what) => listener({ type: 'step-said', step: id, title, what }),
    });
    const after = await step.check(this.#world, signal);
    if (!after.done) throw new Error(`it ran, and still: ${after.why}`);
    return 'changed';
  }

  /** Whatever needs a lost step is lost too, and names the one step for which it waited in vain. */
  #skipDependants(failed: Step<World>): void {
    const lost = [{ step: failed, fate: 'failed' }];
    for (const { step: gone, fate } of lost) {
      for (const step of this.#waiting) {
        if (!step.needs.includes(gone.id)) continue;
        this.#finish(step, { outcome: 'skipped', reason: `needs ${gone.title}, which ${fate}` });
        lost.push({ step, fate: 'was skipped' });
      }
    }
  }

  #finish(step: Step<World>, { outcome, error, reason }: Ending, since = this.#options.clock()): void {
    const { listener, clock } = this.#options;
    const { id, title } = step;
    this.#waiting.delete(step);
    this.#results.set(id, { step: id, title, outcome, ...(error === undefined ? {} : { error }) });
    const milliseconds = clock() - since;
    listener({ type: 'step-finished', step: id, title, outcome, milliseconds, ...(reason && { reason }) });
  }
}

function isDone(outcome: StepOutcome | undefined): boolean {
  return outcome === 'unchanged' || outcome === 'changed';
}
