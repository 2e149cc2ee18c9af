import type { Step } from '../../graph/step.ts';
import { unmergeStep } from './steps/user-kubeconfig.ts';
import type { K3dWorld } from './world.ts';

const stopCluster: Step<K3dWorld> = {
  id: 'stop-cluster',
  title: 'Stop the cluster',
  needs: [],
  async check({ cluster }) {
    return (await cluster.holdsPorts()) ? { done: false, why: 'its node runs' } : { done: true };
  },
  run: ({ cluster }) => cluster.stop(),
};

const removeCluster: Step<K3dWorld> = {
  id: 'remove-cluster',
  title: 'Remove the cluster and its volumes',
  needs: [],
  async check({ cluster }) {
    const left = await cluster.remains();
    return left.length === 0 ? { done: true } : { done: false, why: `there is ${left.join(', ')}` };
  },
  run: ({ cluster }) => cluster.remove(),
};

/** `dk dev down`: the node stops, its container and its data stay. */
export const stopSteps: readonly Step<K3dWorld>[] = [stopCluster];

/** `dk dev down --delete`: containers, volumes, network and context; the environment's folder goes last. */
export const removeSteps: readonly Step<K3dWorld>[] = [removeCluster, unmergeStep];
