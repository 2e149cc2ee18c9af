import { Failure } from '../../failure.ts';
import type { Runtime } from './runtime.ts';

/** `cloudquery`: only with a command of its own. */
export const cloudquery: Runtime = {
  makeReady: async ({ env }) => env,

  async entryPoint() {
    throw new Failure('prerequisite', {
      what: 'The package does not say how CloudQuery is started',
      why: 'dk does not make the sync configuration that CloudQuery needs, so there is no entry point by default',
      next: 'Set it in dk.yaml, for example: command: [cloudquery, sync, sync.yaml]',
    });
  },

  debugged: async () => undefined,
};
