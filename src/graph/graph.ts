import type { Step } from './step.ts';

/** Steps whose needs are all known and form no cycle. */
export interface Graph<World> {
  readonly steps: readonly Step<World>[];
}

/** Checks ids and needs before anything runs; a fault here is a fault in a recipe, hence a plain Error. */
export function createGraph<World>(steps: readonly Step<World>[]): Graph<World> {
  const byId = new Map(steps.map((step) => [step.id, step]));
  if (byId.size < steps.length) throw new Error(`two steps are called ${firstDuplicate(steps)}`);
  for (const step of steps) {
    const unknown = step.needs.find((need) => !byId.has(need));
    if (unknown !== undefined) throw new Error(`step ${step.id} needs ${unknown}, which does not exist`);
  }
  const cycle = findCycle(byId);
  if (cycle) throw new Error(`steps need each other: ${cycle.join(' → ')}`);
  return { steps };
}

function firstDuplicate(steps: readonly { id: string }[]): string | undefined {
  return steps.find((step, index) => steps.findIndex(({ id }) => id === step.id) < index)?.id;
}

/** The ids of a cycle, its first one repeated at the end; iterative, so that a long chain cannot overflow the stack. */
function findCycle(byId: ReadonlyMap<string, { readonly needs: readonly string[] }>): string[] | undefined {
  const finished = new Set<string>();
  for (const root of byId.keys()) {
    const path: { id: string; next: number }[] = [{ id: root, next: 0 }];
    while (path.length > 0) {
      const top = path[path.length - 1] as (typeof path)[number];
      const need = byId.get(top.id)?.needs[top.next++];
      if (need === undefined) finished.add((path.pop() as typeof top).id);
      else if (path.some(({ id }) => id === need)) {
        return [...path.slice(path.findIndex(({ id }) => id === need)).map(({ id }) => id), need];
      } else if (!finished.has(need)) path.push({ id: need, next: 0 });
    }
  }
  return undefined;
}
