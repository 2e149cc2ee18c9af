import type { Step } from '../../graph/step.ts';
import type { EmbeddedWorld } from './world.ts';

const stopPostgres: Step<EmbeddedWorld> = {
  id: 'stop-postgres',
  title: 'Stop PostgreSQL',
  needs: [],
  async check({ postgres }) {
    return (await postgres.portOfProcess()) === undefined ? { done: true } : { done: false, why: 'it runs' };
  },
  run: ({ postgres }) => postgres.stop(),
};

const stopObjectStore: Step<EmbeddedWorld> = {
  id: 'stop-object-store',
  title: 'Stop the object store',
  needs: [],
  async check({ objectStore }) {
    return (await objectStore.portOfProcess()) === undefined ? { done: true } : { done: false, why: 'it runs' };
  },
  run: ({ objectStore }) => objectStore.stop(),
};

const removePostgresFiles: Step<EmbeddedWorld> = {
  id: 'remove-postgres-files',
  title: 'Remove all databases',
  needs: ['stop-postgres'],
  async check({ postgres }) {
    return (await postgres.isInitialised()) ? { done: false, why: 'its files exist' } : { done: true };
  },
  run: ({ postgres }) => postgres.destroy(),
};

/** `dk dev down`: every server stops, every file stays. */
export const stopRecipe: readonly Step<EmbeddedWorld>[] = [stopPostgres, stopObjectStore];

/** `dk dev down --delete`: what lies outside the environment's folder, which its caller removes last. */
export const deleteRecipe: readonly Step<EmbeddedWorld>[] = [stopPostgres, stopObjectStore, removePostgresFiles];

/** The steps of `stopRecipe` for the servers that do not run now: to be taken once they have run for a while. */
export async function stopsOfWhatIsDown(world: EmbeddedWorld): Promise<readonly Step<EmbeddedWorld>[]> {
  const { signal } = new AbortController();
  const checked = await Promise.all(stopRecipe.map((step) => step.check(world, signal)));
  return stopRecipe.filter((_, index) => checked[index]?.done);
}
