import type { Step } from '../../../graph/step.ts';
import type { EmbeddedWorld } from '../world.ts';

/** The S3-compatible server; it goes on when the command has ended. */
export const objectStoreServer: Step<EmbeddedWorld> = {
  id: 'object-store',
  title: 'Object store',
  needs: [],
  async check({ objectStore }) {
    const state = await objectStore.state();
    return state.running ? { done: true } : { done: false, why: state.reason };
  },
  run: ({ objectStore }, progress) => objectStore.start(progress),
};
