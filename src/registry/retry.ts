import { setTimeout as pause } from 'node:timers/promises';
import { isPassing } from './fault.ts';

const attempts = 4;
/** Milliseconds. */
const firstPause = 200;
const longestPause = 10_000;
/** No attempt begins later than this after the first. */
const patience = 60_000;

/** Does the work again while its faults are passing ones, with growing pauses; a server may ask for longer ones. */
export async function withRetries<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  const began = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (attempt >= attempts || !isPassing(error)) throw error;
      const wait = pauseAfter(attempt, error.retryAfterMs);
      if (performance.now() - began + wait > patience) throw error;
      await pause(wait, undefined, { signal });
    }
  }
}

/** Not all clients that were refused together come back together. */
function pauseAfter(attempt: number, asked: number | undefined): number {
  const grown = firstPause * 2 ** (attempt - 1);
  const jittered = grown / 2 + (Math.random() * grown) / 2;
  return Math.min(longestPause, (asked ?? 0) + jittered);
}
