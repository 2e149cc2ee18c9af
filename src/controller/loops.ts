import type { Loop } from './loop.ts';

/** All that a controller does. */
export const loops: readonly Loop[] = [];
