import type { Patience, Running } from './launch.ts';
import type { RunRecord } from './record.ts';

/** How a run ended. */
export type Ending = Pick<RunRecord, 'exitCode' | 'signal' | 'reason'> & {
  readonly status: 'succeeded' | 'failed' | 'timed-out' | 'stopped';
};

interface Limits extends Patience {
  /** Aborted when the run is to end. */
  readonly stop: AbortSignal;
  readonly timeoutMs: number | undefined;
}

/** A timer cannot be longer; a run whose timeout is (24 days) has none. */
const longestTimer = 2 ** 31 - 1;

/** Stays with a run until nothing of it is left: to its own end, its timeout, or until it is told to stop. */
export async function outlast(running: Running, limits: Limits): Promise<Ending> {
  const cause = await firstCause(running, limits);
  await running.end(limits);
  const { code, signal, reason = null } = await running.exited;
  const own = code === 0 ? 'succeeded' : 'failed';
  // Whoever ended it need not be told that its container was killed.
  if (cause !== 'exited') return { status: cause, exitCode: code, signal, reason: null };
  return { status: own, exitCode: code, signal, reason };
}

function firstCause({ exited }: Running, { stop, timeoutMs = Infinity }: Limits) {
  return new Promise<'exited' | 'stopped' | 'timed-out'>((resolve) => {
    const timer = timeoutMs > longestTimer ? undefined : setTimeout(() => settle('timed-out'), timeoutMs);
    const onStop = () => settle('stopped');
    const settle = (cause: 'exited' | 'stopped' | 'timed-out') => {
      clearTimeout(timer);
      stop.removeEventListener('abort', onStop);
      resolve(cause);
    };
    stop.addEventListener('abort', onStop);
    if (stop.aborted) onStop();
    void exited.then(() => settle('exited'));
  });
}
