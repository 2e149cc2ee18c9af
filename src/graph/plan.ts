import type { Graph } from './graph.ts';

/** What a run would do to one step. */
export interface PlannedStep {
  readonly step: string;
  readonly title: string;
  readonly action: 'none' | 'run';
  /** Why it would run, or `after <title>` where that cannot be known yet. */
  readonly why: string;
}

/** Checks without running: a step is looked at only when all its needs are already done. */
export async function plan<World>(graph: Graph<World>, world: World, signal: AbortSignal): Promise<PlannedStep[]> {
  const planned = new Map<string, PlannedStep>();
  const remaining = [...graph.steps];
  while (remaining.length > 0) {
    const index = remaining.findIndex(({ needs }) => needs.every((need) => planned.has(need)));
    const [step] = remaining.splice(index, 1);
    if (!step) break;
    const pending = step.needs.flatMap((need) => planned.get(need) ?? []).find(({ action }) => action === 'run');
    const checked = pending ? { done: false, why: `after ${pending.title}` } : await step.check(world, signal);
    const outcome = checked.done ? { action: 'none' as const, why: '' } : { action: 'run' as const, why: whyOf(checked) };
    planned.set(step.id, { step: step.id, title: step.title, ...outcome });
  }
  return graph.steps.flatMap(({ id }) => planned.get(id) ?? []);
}

function whyOf(checked: { readonly why?: string }): string {
  return checked.why ?? '';
}
