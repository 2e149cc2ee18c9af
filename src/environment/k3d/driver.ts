import type { Step } from '../../graph/step.ts';
import { openDocker } from '../../tools/docker.ts';
import { openK3d } from '../../tools/k3d.ts';
import { bind } from '../bind.ts';
import type { EngineDriver } from '../engine.ts';
import { k3dId, lostRecord, requireFreeName } from './lost-record.ts';
import { k3dRecipe, removeCellRecipe } from './recipe.ts';
import { openOwnRegistry } from './registry.ts';
import { cellsToMake } from './remembered-cells.ts';
import { registryStep, stopRegistryStep } from './steps/registry.ts';
import { removeSteps, stopSteps } from './stop.ts';
import { type K3dWorld, openWorld } from './world.ts';

/** A Kubernetes cluster in a container, cells as its resources. */
export const k3dDriver: EngineDriver = {
  async requireTools(context) {
    const docker = await openDocker(context);
    await Promise.all([docker.ping(), openK3d({ ...context, directory: context.cwd }).version()]);
  },
  newId: k3dId,
  lostRecord,
  requireFreeName,
  async livingPorts(context, record) {
    const { cluster } = await openWorld(context, record);
    return (await cluster.holdsPorts()) ? record.ports : {};
  },
  async goingOn(context, record) {
    const { cluster } = await openWorld(context, record);
    return (await cluster.holdsPorts()) ? [`The cluster ${cluster.names.cluster} goes on`] : [];
  },
  async up(context, record, wish) {
    const world = await openWorld(context, record);
    const [cells, registry] = await Promise.all([cellsToMake(world, wish), whereMade(world, registryStep)]);
    return bind([...k3dRecipe(world.name, cells, wish.merge), ...registry], world);
  },
  async stop(context, record) {
    const world = await openWorld(context, record);
    return bind([...stopSteps, ...(await whereMade(world, stopRegistryStep))], world);
  },
  remove: async (context, record) => bind(removeSteps, await openWorld(context, record)),
  async removeCells(context, record, cells) {
    const world = await openWorld(context, record);
    return bind(removeCellRecipe(world.name, cells), world);
  },
};

/** A step about the registry is none where nothing was ever published. */
async function whereMade(world: K3dWorld, step: Step<K3dWorld>): Promise<readonly Step<K3dWorld>[]> {
  return (await openOwnRegistry(world).wasMade()) ? [step] : [];
}
