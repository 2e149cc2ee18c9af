import type { Step } from '../../graph/step.ts';
import { bucketStep } from './bucket.ts';
import { cellStep } from './cell.ts';
import { databaseStep } from './database.ts';
import { storesStep } from './stores.ts';
import type { CellsWorld, WantedCell } from './world.ts';

/** All that makes one cell, given the steps `postgres` and `object-store`, and those that its manifest needs. */
export function cellSteps(cell: WantedCell, needs: readonly string[]): readonly Step<CellsWorld>[] {
  return [cellStep(cell.name, needs), databaseStep(cell.name), bucketStep(cell.name), storesStep(cell)];
}
