import type { Step } from '../../graph/step.ts';
import { cellSteps } from '../cell-steps/cell-steps.ts';
import type { WantedCell } from '../cell-steps/world.ts';
import { objectStoreServer } from './steps/object-store-server.ts';
import { postgresFiles } from './steps/postgres-files.ts';
import { postgresServer } from './steps/postgres-server.ts';
import type { EmbeddedWorld } from './world.ts';

/** What `dk dev up` makes true in an embedded environment. */
export function embeddedRecipe(cells: readonly WantedCell[]): readonly Step<EmbeddedWorld>[] {
  return [postgresFiles, postgresServer, objectStoreServer, ...cells.flatMap((cell) => cellSteps(cell, []))];
}
