import type { Step } from '../graph/step.ts';

/** Steps that carry their world with them, so that recipes of different engines can be run alike. */
export function bind<World>(steps: readonly Step<World>[], world: World): readonly Step<unknown>[] {
  return steps.map((step) => ({
    id: step.id,
    title: step.title,
    needs: step.needs,
    check: (_, signal) => step.check(world, signal),
    run: (_, progress) => step.run(world, progress),
  }));
}
