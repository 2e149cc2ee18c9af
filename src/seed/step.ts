import { noWayTo } from '../data/look.ts';
import type { Step } from '../graph/step.ts';
import { objectsTarget } from './objects/target.ts';
import { tableTarget } from './table/target.ts';
import type { Held, Target } from './target.ts';
import type { SeedTask } from './task.ts';

/** What a step found or did. */
export interface Account {
  readonly held: Held;
  readonly loaded: boolean;
}

/** Done when the place holds this very seed; with `clean`, when this step has loaded it. */
export function seedStep(task: SeedTask, tell: (account: Account) => void): Step<undefined> {
  const { dataset, cell, store } = task.place.port;
  const target = targetOf(task);
  let loaded = false;
  return {
    id: `seed/${cell}/${dataset}`,
    title: `Seed of ${dataset} in ${cell}/${store}`,
    needs: [],
    async check(_, signal) {
      if (task.clean && !loaded) return { done: false, why: 'to be loaded anew' };
      const standing = await target.look(signal);
      if (!standing.current) return { done: false, why: standing.why };
      tell({ held: standing.held, loaded });
      return { done: true };
    },
    async run(_, progress) {
      await target.load(progress);
      loaded = true;
    },
  };
}

function targetOf(task: SeedTask): Target {
  switch (task.place.port.connector) {
    case 'postgres':
      return tableTarget(task);
    case 's3':
      return objectsTarget(task);
    default:
      throw noWayTo(task.place.port.connector, task.place.manifest);
  }
}
