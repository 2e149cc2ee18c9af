import { deploymentsLoop } from './deployments-loop.ts';
import type { Loop } from './loop.ts';

/** All that a controller does. */
export const loops: readonly Loop[] = [deploymentsLoop];
