import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import { type CallOptions, describeObject, type KubernetesObject, type Selection } from './kubernetes-object.ts';
import { type WatchEvent, type WatchSource, watchObjects } from './kubernetes-watch.ts';

export interface WaitOptions<T extends KubernetesObject> extends CallOptions {
  /** Why it is not yet as wanted, for the user; undefined once it is. What it throws ends the waiting. */
  readonly until: (objects: readonly T[]) => string | undefined | Promise<string | undefined>;
  /** What is waited for, as the beginning of `… within 60 s`: `Postgres is not ready`. */
  readonly what?: string;
  /** All in all. */
  readonly timeoutMs: number;
  /** Told each new reason to wait, once. */
  readonly say?: (why: string) => void;
}

/** Something that no event of these objects tells may have changed. */
const lookAgainMs = 2_000;

/** Waits until a selection is as wanted, and gives it; a stillStarting Failure with the last reason when the time is up. */
export async function waitForObjects<T extends KubernetesObject>(
  source: WatchSource<T>,
  selection: Selection,
  { until, say, timeoutMs, what = `${describeObject(selection)} not ready`, signal }: WaitOptions<T>,
): Promise<readonly T[]> {
  const deadline = AbortSignal.timeout(timeoutMs);
  const ended = new AbortController();
  const any = AbortSignal.any([deadline, ended.signal, ...(signal ? [signal] : [])]);
  let why: string | undefined;
  try {
    for await (const objects of snapshots(watchObjects(source, any), any)) {
      const reason = await until(objects);
      if (reason === undefined) return objects;
      if (reason !== why) say?.(reason);
      why = reason;
    }
    throw new Error('a watch ended before its signal');
  } catch (error) {
    signal?.throwIfAborted();
    // A Failure has a better reason than the clock.
    throw deadline.aborted && !(error instanceof Failure) ? outOfTime(what, timeoutMs, why) : error;
  } finally {
    ended.abort();
  }
}

function outOfTime(what: string, timeoutMs: number, why: string | undefined): Failure {
  const time = `${what} within ${timeoutMs / 1000} s`;
  return new Failure('stillStarting', { what: time, ...(why !== undefined && { why }) });
}

/** The whole selection after each event, and every two seconds without one. */
async function* snapshots<T extends KubernetesObject>(
  events: AsyncGenerator<WatchEvent<T>>,
  signal: AbortSignal,
): AsyncGenerator<readonly T[]> {
  const objects = new Map<string, T>();
  const advance = () => {
    const next = events.next();
    // After the end, nobody waits for it.
    next.catch(() => undefined);
    return next;
  };
  for (let next = advance(); ; ) {
    const timer = new AbortController();
    const again = pause(lookAgainMs, undefined, { signal: AbortSignal.any([signal, timer.signal]) });
    const event = await Promise.race([next, again]).finally(() => timer.abort());
    if (event?.done) return;
    if (event) {
      record(objects, event.value);
      next = advance();
    }
    if (event || objects.size > 0) yield [...objects.values()];
  }
}

function record<T extends KubernetesObject>(objects: Map<string, T>, event: WatchEvent<T>): void {
  const keyOf = ({ metadata }: T) => `${metadata.namespace ?? ''}/${metadata.name}`;
  switch (event.type) {
    case 'listed':
      objects.clear();
      for (const object of event.objects) objects.set(keyOf(object), object);
      break;
    case 'changed':
      objects.set(keyOf(event.object), event.object);
      break;
    case 'deleted':
      objects.delete(keyOf(event.object));
      break;
  }
}
