import type { Context } from '../../context.ts';
import { bind } from '../bind.ts';
import type { EngineDriver, PortName } from '../engine.ts';
import type { EnvironmentRecord } from '../state.ts';
import { wantedCells } from '../wanted.ts';
import { embeddedRecipe } from './recipe.ts';
import { removeCellRecipe } from './remove-cell.ts';
import { deleteRecipe, stopRecipe } from './stop.ts';
import { openWorld } from './world.ts';

/** Servers as processes of this machine, cells as files. */
export const embeddedDriver: EngineDriver = {
  livingPorts,
  async goingOn(context, record) {
    const { postgres, s3 } = await livingPorts(context, record);
    return [
      ...(postgres === undefined ? [] : [`PostgreSQL goes on, on 127.0.0.1:${postgres}`]),
      ...(s3 === undefined ? [] : [`The object store goes on, on 127.0.0.1:${s3}`]),
    ];
  },
  async up(context, record, { cells, stores }) {
    const world = openWorld(context, record);
    return bind(embeddedRecipe(await wantedCells(world.cells, record.id, cells, stores)), world);
  },
  stop: async (context, record) => bind(stopRecipe, openWorld(context, record)),
  remove: async (context, record) => bind(deleteRecipe, openWorld(context, record)),
  removeCells: async (context, record, cells) => bind(removeCellRecipe(cells), openWorld(context, record)),
};

async function livingPorts(context: Context, record: EnvironmentRecord): Promise<Partial<Record<PortName, number>>> {
  const { postgres, objectStore } = openWorld(context, record);
  const [database, store] = [await postgres.portOfProcess(), await objectStore.portOfProcess()];
  return { ...(database !== undefined && { postgres: database }), ...(store !== undefined && { s3: store }) };
}
