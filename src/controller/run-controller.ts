import { setMaxListeners } from 'node:events';
import type { Context } from '../context.ts';
import { reasonOf } from '../failure.ts';
import { printText } from '../report/result.ts';
import type { Kubernetes } from '../tools/kubernetes.ts';
import { countWrites } from './counted.ts';
import { whileLeading } from './lease.ts';
import { createLog, type Log } from './log.ts';
import type { Loop } from './loop.ts';
import { watchCluster } from './watch.ts';

export interface ControllerOptions {
  /** Where its Lease is. */
  readonly namespace: string;
  /** Of this controller alone. */
  readonly identity: string;
  /** So long after its last word it counts as gone. */
  readonly leaseSeconds: number;
  readonly loops: readonly Loop[];
}

/** Waits its turn, then keeps a cluster as its resources say, until the signal of the Context is aborted. */
export async function runController(
  context: Context,
  kubernetes: Kubernetes,
  { namespace, identity, leaseSeconds, loops }: ControllerOptions,
): Promise<void> {
  const { signal } = context;
  const log = createLog(context);
  const counted = countWrites(kubernetes);
  for (let patient = false; !signal.aborted; patient = true) {
    const lease = { namespace, identity, seconds: leaseSeconds, patient, log };
    // What is said of the Lease is no work, and is not counted.
    await whileLeading(kubernetes, lease, signal, async (leading) => {
      await printText(context, `dk controller leads in ${kubernetes.contextName}\n`);
      await runLoops(context, counted.kubernetes, { log, loops, signal: leading });
    });
  }
  log.info('ended', { writes: [...counted.writes].map(([what, count]) => `${what} ${count}`).join(', ') });
}

interface Running {
  readonly log: Log;
  readonly loops: readonly Loop[];
  readonly signal: AbortSignal;
}

/** Ends when the signal is aborted; a loop that fails ends the others too. */
async function runLoops(context: Context, kubernetes: Kubernetes, { log, loops, signal }: Running): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  // Every watch and every loop listens to it: they are many, and no leak.
  setMaxListeners(0, signal, either);
  const caches = await watchCluster(kubernetes, log, either);
  const hide = (values: Iterable<string>) => context.secrets.add(values);
  const shared = { kubernetes, caches, log, now: context.now, hide };
  const ends = loops.map((loop) =>
    loop.start(shared, either).catch((error: unknown) => {
      log.error(`the loop for ${loop.name} has failed`, { why: reasonOf(error) });
      failed.abort();
      throw error;
    }),
  );
  const outcomes = await Promise.allSettled(ends);
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) throw failure.reason;
}
