import { expect } from 'vitest';

/** Asks again and again until the answer is the expected one; gives up late, for machines that have much to do. */
export function eventually<T>(ask: () => T | Promise<T>) {
  return expect.poll(ask, { timeout: 15_000, interval: 5 });
}
