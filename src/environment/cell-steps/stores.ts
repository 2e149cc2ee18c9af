import { isDeepStrictEqual } from 'node:util';
import type { Step } from '../../graph/step.ts';
import type { Store } from '../../manifest/schema/store.ts';
import { type WantedStore, wantedStore } from '../desired.ts';
import type { CellsWorld, WantedCell } from './world.ts';

/** The Secrets whose credentials every further Store of the same connector shares. */
const sources = { postgres: 'warehouse', s3: 'lake-raw' } as const;

/** A cell's Stores, and Secrets of the same names. */
export function storesStep({ name: cell, stores }: WantedCell): Step<CellsWorld> {
  return {
    id: `stores/${cell}`,
    title: `Stores of cell ${cell}`,
    needs: [`database/${cell}`, `bucket/${cell}`],
    async check(world) {
      const found = new Map((await world.cells.stores(cell)).map(({ store }) => [store.metadata.name, store]));
      const differing: string[] = [];
      for (const store of stores) {
        const same = isDeepStrictEqual(found.get(store.name), manifestOf(world, cell, store));
        if (!same || !(await hasCredentials(world, cell, store))) differing.push(store.name);
      }
      return differing.length === 0 ? { done: true } : { done: false, why: `to be written: ${differing.join(', ')}` };
    },
    async run(world) {
      for (const store of stores) {
        const credentials = await world.cells.secrets.read(cell, sources[store.connector]);
        if (credentials) await world.cells.secrets.set(cell, store.name, credentials);
        await world.cells.applyStore(cell, manifestOf(world, cell, store));
      }
    },
  };
}

async function hasCredentials(world: CellsWorld, cell: string, store: WantedStore): Promise<boolean> {
  const credentials = await world.cells.secrets.read(cell, sources[store.connector]);
  const secret = await world.cells.secrets.read(cell, store.name);
  return isDeepStrictEqual({ ...secret, ...credentials }, secret);
}

function manifestOf(world: CellsWorld, cell: string, store: WantedStore): Store {
  return wantedStore(cell, store, world.id, world.endpoints[store.connector]);
}
