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

type Needs = ReadonlyMap<string, { readonly needs: readonly string[] }>;

/** The ids of a cycle, its first one repeated at the end. */
function findCycle(byId: Needs): readonly string[] | undefined {
  const tangled = withoutFreeSteps(byId);
  const [first] = tangled.keys();
  if (first === undefined) return undefined;
  // Every tangled step needs another one, so that following the needs comes back somewhere.
  const path = [first];
  for (;;) {
    const next = tangled.get(path.at(-1) ?? first)?.needs.find((need) => tangled.has(need)) ?? first;
    const begin = path.indexOf(next);
    path.push(next);
    if (begin >= 0) return path.slice(begin);
  }
}

/** Takes away steps all of whose needs are taken away, until none is left or each one needs another. */
function withoutFreeSteps(byId: Needs): Needs {
  const left = new Map(byId);
  const open = new Map([...byId].map(([id, { needs }]) => [id, new Set(needs).size]));
  const neededBy = dependantsOf(byId);
  const free = [...open].filter(([, count]) => count === 0).map(([id]) => id);
  for (const id of free) {
    left.delete(id);
    for (const dependant of neededBy.get(id) ?? []) {
      const count = (open.get(dependant) ?? 0) - 1;
      open.set(dependant, count);
      if (count === 0) free.push(dependant);
    }
  }
  return left;
}

function dependantsOf(byId: Needs): ReadonlyMap<string, readonly string[]> {
  const found = new Map([...byId.keys()].map((id) => [id, [] as string[]]));
  for (const [id, { needs }] of byId) for (const need of new Set(needs)) found.get(need)?.push(id);
  return found;
}
