import type { Step } from '../../../graph/step.ts';
import {
  isMentioned,
  isMerged,
  mergeKubeconfig,
  type Place,
  requireFree,
  unmergeKubeconfig,
} from '../../../tools/kubeconfig.ts';
import { userKubeconfig } from '../../../tools/kubernetes-config.ts';
import { readOwnKubeconfig } from '../kubeconfig.ts';
import type { K3dWorld } from '../world.ts';

/** Nothing is made while the name of its context leads somebody elsewhere. */
export const freeContextStep: Step<K3dWorld> = {
  id: 'free-context',
  title: 'Name of its context',
  needs: [],
  async check(world) {
    await requireFree(await placeOf(world));
    return { done: true };
  },
  run: async () => {},
};

/** The environment's context in the user's own kubeconfig, beside whatever else is there. */
export const mergeStep: Step<K3dWorld> = {
  id: 'user-kubeconfig',
  title: 'Context in your kubeconfig',
  needs: ['kubeconfig', 'free-context'],
  async check(world) {
    return (await isMerged(await placeOf(world)))
      ? { done: true }
      : { done: false, why: 'it is not there as it should be' };
  },
  async run(world, { signal }) {
    const { text, ...place } = await placeOf(world);
    if (text !== undefined) await mergeKubeconfig({ ...place, text }, { signal });
  },
};

/** Takes the context out of the user's kubeconfig. */
export const unmergeStep: Step<K3dWorld> = {
  id: 'remove-context',
  title: 'Take its context out of your kubeconfig',
  needs: ['remove-cluster'],
  async check(world) {
    return (await isMentioned(await placeOf(world))) ? { done: false, why: 'it is in it' } : { done: true };
  },
  async run(world, { signal }) {
    await unmergeKubeconfig(await placeOf(world), { signal });
  },
};

async function placeOf({ context, cluster, id, kubeconfigFile }: K3dWorld): Promise<Place> {
  const { files } = userKubeconfig(context);
  const name = cluster.names.context;
  return { files, name, environmentId: id, text: await readOwnKubeconfig(kubeconfigFile, name) };
}
