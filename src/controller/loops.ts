import { cellsLoop } from './cells/cells-loop.ts';
import { leftOverLoop } from './cells/left-over-loop.ts';
import { deploymentsLoop } from './deployments-loop.ts';
import type { Loop } from './loop.ts';
import { storesLoop } from './stores/stores-loop.ts';

/** All that a controller does. */
export const loops: readonly Loop[] = [cellsLoop, storesLoop, deploymentsLoop, leftOverLoop];
