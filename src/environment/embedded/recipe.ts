import type { Step } from '../../graph/step.ts';
import { bucketStep } from './steps/bucket.ts';
import { cellStep } from './steps/cell.ts';
import { databaseStep } from './steps/database.ts';
import { objectStoreServer } from './steps/object-store-server.ts';
import { postgresFiles } from './steps/postgres-files.ts';
import { postgresServer } from './steps/postgres-server.ts';
import { storesStep } from './steps/stores.ts';
import type { EmbeddedWorld, WantedCell } from './world.ts';

/** What `dk dev up` makes true in an embedded environment. */
export function embeddedRecipe(cells: readonly WantedCell[]): readonly Step<EmbeddedWorld>[] {
  return [
    postgresFiles,
    postgresServer,
    objectStoreServer,
    ...cells.flatMap((cell) => [cellStep(cell.name), databaseStep(cell.name), bucketStep(cell.name), storesStep(cell)]),
  ];
}
