import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { kubernetesReasonOf } from './kubernetes-fault.ts';
import type { CallOptions, KubernetesObject } from './kubernetes-object.ts';

export type WatchEvent<T extends KubernetesObject> =
  /** All that is there; comes first, and again when the server has forgotten what has changed since. */
  | { readonly type: 'listed'; readonly objects: readonly T[] }
  | { readonly type: 'changed' | 'deleted'; readonly object: T };

/** The two requests that a watch is made of. */
export interface WatchSource<T extends KubernetesObject> {
  list(options: CallOptions): Promise<{ readonly objects: readonly T[]; readonly version: string }>;
  /** One JSON object a line; the server ends it after `seconds`. */
  open(version: string, seconds: number, options: CallOptions): Promise<Readable>;
}

/** Long enough to be cheap, short enough that a connection that died silently is noticed. */
const streamSeconds = 50;
const betweenStreamsMs = 500;

/** Follows a selection until the signal is aborted; lost connections are made again. */
export async function* watchObjects<T extends KubernetesObject>(
  source: WatchSource<T>,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>, never> {
  for (;;) {
    const { objects, version } = await source.list({ signal });
    yield { type: 'listed', objects };
    yield* followChanges(source, version, signal);
  }
}

/** Ends when the server has forgotten what it would have to resume from. */
async function* followChanges<T extends KubernetesObject>(
  source: WatchSource<T>,
  listed: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>> {
  for (let version = listed; ; ) {
    const stream = await openPatiently(source, version, signal);
    if (!stream) return;
    for await (const message of messagesOf<T>(stream)) {
      if (message.type === 'ERROR') return;
      version = message.object.metadata.resourceVersion ?? version;
      yield* eventsOf(message);
    }
    await pause(betweenStreamsMs, undefined, { signal });
  }
}

/** Tries until the server answers again; undefined when it has forgotten the version. */
async function openPatiently<T extends KubernetesObject>(
  source: WatchSource<T>,
  version: string,
  signal: AbortSignal,
): Promise<Readable | undefined> {
  for (;;) {
    try {
      return await source.open(version, streamSeconds, { signal });
    } catch (error) {
      const reason = kubernetesReasonOf(error);
      if (reason === 'gone') return undefined;
      if (reason !== 'unreachable' && reason !== 'timeout' && reason !== 'server') throw error;
      await pause(betweenStreamsMs, undefined, { signal });
    }
  }
}

interface Message<T> {
  readonly type: string;
  readonly object: T;
}

/** None of a bookmark, which is news of the version alone. */
function eventsOf<T extends KubernetesObject>({ type, object }: Message<T>): readonly WatchEvent<T>[] {
  return type === 'BOOKMARK' ? [] : [{ type: type === 'DELETED' ? 'deleted' : 'changed', object }];
}

/** What a stream says until it ends, however it does; one that goes on for too long is given up. */
async function* messagesOf<T>(stream: Readable): AsyncGenerator<Message<T>> {
  const lines = createInterface({ input: stream });
  stream.on('error', () => lines.close());
  const watchdog = setTimeout(() => stream.destroy(), (streamSeconds + 10) * 1000);
  try {
    for await (const line of lines) {
      const message = parseMessage<T>(line);
      if (message) yield message;
    }
  } catch {
    // A broken connection is an end like any other: the next stream goes on from the last version.
  } finally {
    clearTimeout(watchdog);
    stream.destroy();
  }
}

/** Undefined for a line that was cut off with its connection. */
function parseMessage<T>(line: string): Message<T> | undefined {
  try {
    return JSON.parse(line) as Message<T>;
  } catch {
    return undefined;
  }
}
