import type { Step } from '../../graph/step.ts';
import { bucketOf } from '../desired.ts';
import type { CellsWorld } from './world.ts';

/** `dk dev down --delete --cell NAME`: a cell with its database, bucket, key and Secrets. */
export function dropCellSteps(cell: string): readonly Step<CellsWorld>[] {
  return [dropDatabase(cell), dropBucket(cell), dropManifests(cell)];
}

function dropDatabase(cell: string): Step<CellsWorld> {
  return {
    id: `drop-database/${cell}`,
    title: `Drop the database of cell ${cell}`,
    needs: ['postgres'],
    async check({ databases }) {
      return (await databases.cellExists(cell)) ? { done: false, why: 'it exists' } : { done: true };
    },
    run: ({ databases }) => databases.dropCell(cell),
  };
}

function dropBucket(cell: string): Step<CellsWorld> {
  const bucket = bucketOf(cell);
  return {
    id: `drop-bucket/${cell}`,
    title: `Drop the bucket of cell ${cell}`,
    needs: ['object-store'],
    async check({ buckets }) {
      return (await buckets.bucketExists(bucket)) ? { done: false, why: 'it exists' } : { done: true };
    },
    run: ({ buckets }) => buckets.dropBucket(bucket),
  };
}

function dropManifests(cell: string): Step<CellsWorld> {
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
