import type { Step } from '../../../graph/step.ts';
import { openOwnRegistry } from '../registry.ts';
import type { K3dWorld } from '../world.ts';

/** The registry that an earlier `publish` made, and the node's way to it; a step only where it was made. */
export const registryStep: Step<K3dWorld> = {
  id: 'registry',
  title: 'Registry',
  // A node that starts first keeps its address on the network.
  needs: ['cluster'],
  async check(world) {
    const why = await openOwnRegistry(world).fault();
    return why === undefined ? { done: true } : { done: false, why };
  },
  async run(world, { say }) {
    await openOwnRegistry(world).ensure(say);
  },
};

/** The same where it is to stop. */
export const stopRegistryStep: Step<K3dWorld> = {
  id: 'stop-registry',
  title: 'Stop the registry',
  needs: [],
  async check(world) {
    return (await openOwnRegistry(world).runs()) ? { done: false, why: 'it runs' } : { done: true };
  },
  run: (world) => openOwnRegistry(world).stop(),
};
