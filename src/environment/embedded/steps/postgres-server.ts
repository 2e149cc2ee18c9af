import type { Step } from '../../../graph/step.ts';
import type { EmbeddedWorld } from '../world.ts';

/** The PostgreSQL server; it goes on when the command has ended. */
export const postgresServer: Step<EmbeddedWorld> = {
  id: 'postgres',
  title: 'PostgreSQL server',
  needs: ['postgres-files'],
  async check({ postgres }) {
    const state = await postgres.state();
    return state.running ? { done: true } : { done: false, why: state.reason };
  },
  run: ({ postgres }, progress) => postgres.start(progress),
};
