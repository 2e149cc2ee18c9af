import type { Step } from '../../graph/step.ts';
import { dropCellSteps } from '../cell-steps/drop-cell.ts';
import { objectStoreServer } from './steps/object-store-server.ts';
import { postgresFiles } from './steps/postgres-files.ts';
import { postgresServer } from './steps/postgres-server.ts';
import type { EmbeddedWorld } from './world.ts';

/** `dk dev down --delete --cell NAME`: the servers have to run for what they hold to be removed. */
export function removeCellRecipe(cells: readonly string[]): readonly Step<EmbeddedWorld>[] {
  return [postgresFiles, postgresServer, objectStoreServer, ...cells.flatMap(dropCellSteps)];
}
