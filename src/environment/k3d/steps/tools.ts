import type { Step } from '../../../graph/step.ts';
import type { K3dWorld } from '../world.ts';

/** Docker and k3d: dk uses what is installed, and installs nothing. */
export const toolsStep: Step<K3dWorld> = {
  id: 'tools',
  title: 'Docker and k3d',
  needs: [],
  async check({ cluster }) {
    await cluster.requireTools();
    return { done: true };
  },
  run: async () => {},
};
