import type { Step } from '../../../graph/step.ts';
import type { K3dWorld } from '../world.ts';

/** A cluster of one node, whose data lies on a volume of its own. */
export function clusterStep(name: string, needs: readonly string[]): Step<K3dWorld> {
  return {
    id: 'cluster',
    title: `Cluster dk-${name}`,
    needs,
    async check({ cluster }) {
      const state = await cluster.state();
      return state.kind === 'running' ? { done: true } : { done: false, why: state.why };
    },
    run: ({ cluster }, { say }) => cluster.ensure(say),
  };
}
