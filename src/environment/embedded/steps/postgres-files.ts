import type { Step } from '../../../graph/step.ts';
import type { EmbeddedWorld } from '../world.ts';

/** The folder in which PostgreSQL keeps its data. */
export const postgresFiles: Step<EmbeddedWorld> = {
  id: 'postgres-files',
  title: 'PostgreSQL data folder',
  needs: [],
  async check({ postgres }) {
    return (await postgres.isInitialised()) ? { done: true } : { done: false, why: 'there is none yet' };
  },
  run: ({ postgres }, progress) => postgres.initialise(progress),
};
