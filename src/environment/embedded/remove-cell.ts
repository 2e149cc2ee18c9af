import type { Step } from '../../graph/step.ts';
import { withPostgres } from '../../tools/postgres.ts';
import { openS3 } from '../../tools/s3.ts';
import { bucketOf, databaseOf, region } from '../desired.ts';
import { objectStoreServer } from './steps/object-store-server.ts';
import { postgresFiles } from './steps/postgres-files.ts';
import { postgresServer } from './steps/postgres-server.ts';
import type { EmbeddedWorld } from './world.ts';

/** `dk dev down --delete --cell NAME`: the servers have to run for what they hold to be removed. */
export function removeCellRecipe(cells: readonly string[]): readonly Step<EmbeddedWorld>[] {
  const removals = cells.flatMap((cell) => [dropDatabase(cell), dropBucket(cell), dropManifests(cell)]);
  return [postgresFiles, postgresServer, objectStoreServer, ...removals];
}

function dropDatabase(cell: string): Step<EmbeddedWorld> {
  return {
    id: `drop-database/${cell}`,
    title: `Drop the database of cell ${cell}`,
    needs: ['postgres'],
    async check({ postgres }) {
      const query = 'SELECT FROM pg_database WHERE datname = $1';
      const { rowCount } = await withPostgres(await postgres.superuser(), (client) =>
        client.query(query, [databaseOf(cell)]),
      );
      return rowCount === 0 ? { done: true } : { done: false, why: 'it exists' };
    },
    run: ({ postgres }) => postgres.dropCell(cell),
  };
}

function dropBucket(cell: string): Step<EmbeddedWorld> {
  const bucket = bucketOf(cell);
  const open = async ({ objectStore }: EmbeddedWorld) =>
    openS3({ endpoint: objectStore.endpoint, bucket, region, ...(await objectStore.keys.ensureRoot()) });
  return {
    id: `drop-bucket/${cell}`,
    title: `Drop the bucket of cell ${cell}`,
    needs: ['object-store'],
    async check(world) {
      if (await world.objectStore.keys.forBucket(bucket)) return { done: false, why: 'its key exists' };
      return (await (await open(world)).headBucket()) ? { done: false, why: 'it exists' } : { done: true };
    },
    async run(world) {
      await world.objectStore.keys.removeForBucket(bucket);
      const s3 = await open(world);
      if (!(await s3.headBucket())) return;
      for await (const page of s3.list('')) await s3.delete(page.map(({ key }) => key));
      await s3.deleteBucket();
    },
  };
}

function dropManifests(cell: string): Step<EmbeddedWorld> {
  return {
    id: `drop-cell/${cell}`,
    title: `Remove cell ${cell}`,
    needs: [`drop-database/${cell}`, `drop-bucket/${cell}`],
    async check({ cells }) {
      return (await cells.get(cell)) ? { done: false, why: 'it exists' } : { done: true };
    },
    async run({ cells }) {
      await cells.deleteCell(cell);
    },
  };
}
