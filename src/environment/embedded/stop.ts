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
