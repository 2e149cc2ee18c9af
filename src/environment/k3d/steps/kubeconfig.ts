import type { Step } from '../../../graph/step.ts';
import { writeAtomically } from '../../../tools/atomic-file.ts';
import { readOwnKubeconfig } from '../kubeconfig.ts';
import type { K3dWorld } from '../world.ts';

/** The environment's own kubeconfig, which pins the certificate of its cluster; all that dk does goes through it. */
export const kubeconfigStep: Step<K3dWorld> = {
  id: 'kubeconfig',
  title: 'Kubeconfig of the environment',
  needs: ['cluster'],
  async check({ cluster, kubeconfigFile }) {
    const found = await readOwnKubeconfig(kubeconfigFile, cluster.names.context);
    if (found === undefined) return { done: false, why: 'there is none that is of it' };
    return (await cluster.isOpenedBy(found)) ? { done: true } : { done: false, why: 'it is of another cluster' };
  },
  async run({ cluster, kubeconfigFile }) {
    const text = await cluster.kubeconfig();
    if (text !== undefined) await writeAtomically(kubeconfigFile, text);
  },
};
