import type { Graph } from './graph.ts';
import type { Step } from './step.ts';

/** What a run would do to one step. */
export interface PlannedStep {
  readonly step: string;
  readonly title: string;
  readonly action: 'none' | 'run';
  /** Why it would run, or `after <title>` where that cannot be known yet. */
  readonly why: string;
}

/** Checks without running: a step is looked at only when all its needs are already done. What a check throws is thrown. */
export async function plan<World>(graph: Graph<World>, world: World, signal: AbortSignal): Promise<PlannedStep[]> {
  const planned = new Map<string, PlannedStep>();
  const remaining = new Set(graph.steps);
  while (remaining.size > 0) {
    signal.throwIfAborted();
    const wave = [...remaining].filter(({ needs }) => needs.every((need) => planned.has(need)));
    for (const step of wave) remaining.delete(step);
    for (const each of await Promise.all(wave.map((step) => planStep(step, planned, world, signal)))) {
      planned.set(each.step, each);
    }
  }
  return graph.steps.flatMap(({ id }) => planned.get(id) ?? []);
}

async function planStep<World>(
  step: Step<World>,
  planned: ReadonlyMap<string, PlannedStep>,
  world: World,
  signal: AbortSignal,
): Promise<PlannedStep> {
  const { id, title, needs } = step;
  const pending = needs.map((need) => planned.get(need)).find((need) => need?.action === 'run');
  if (pending) return { step: id, title, action: 'run', why: `after ${pending.title}` };
  const checked = await step.check(world, signal);
  return { step: id, title, ...(checked.done ? { action: 'none', why: '' } : { action: 'run', why: checked.why }) };
}
