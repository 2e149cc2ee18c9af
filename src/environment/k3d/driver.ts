import { openDocker } from '../../tools/docker.ts';
import { openK3d } from '../../tools/k3d.ts';
import { bind } from '../bind.ts';
import type { EngineDriver } from '../engine.ts';
import { k3dId, lostRecord, requireFreeName } from './lost-record.ts';
import { k3dRecipe, removeCellRecipe } from './recipe.ts';
import { cellsToMake } from './remembered-cells.ts';
import { removeSteps, stopSteps } from './stop.ts';
import { openWorld } from './world.ts';

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
    return bind(k3dRecipe(world.name, await cellsToMake(world, wish), wish.merge), world);
  },
  stop: async (context, record) => bind(stopSteps, await openWorld(context, record)),
  remove: async (context, record) => bind(removeSteps, await openWorld(context, record)),
  async removeCells(context, record, cells) {
    const world = await openWorld(context, record);
    return bind(removeCellRecipe(world.name, cells), world);
  },
};
