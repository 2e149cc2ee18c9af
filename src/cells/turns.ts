import { withLock } from '../tools/lock.ts';

/** Does `work` while nobody else holds the lock file: neither another process nor another call. */
export type Turns = <Result>(file: string, work: () => Promise<Result>) => Promise<Result>;

/** Calls of this process queue up, so that only processes ever wait for a lock file. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return async (file, work) => {
    const options = { command: 'dk', waitMs: 20_000, signal: new AbortController().signal, onWait: () => {} };
    const turn = () => withLock(file, options, work);
    const mine = (last.get(file) ?? Promise.resolve()).then(turn, turn);
    last.set(file, mine);
    try {
      return await mine;
    } finally {
      if (last.get(file) === mine) last.delete(file);
    }
  };
}
