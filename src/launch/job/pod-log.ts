import { setTimeout as delay } from 'node:timers/promises';
import type { Kubernetes } from '../../tools/kubernetes.ts';
import { containerName } from './pod-template.ts';

interface PodLogOptions {
  readonly namespace: string;
  readonly pod: string;
  /** Takes the output in the order in which it was written. */
  readonly sink: (chunk: Buffer) => Promise<void>;
}

export interface PodLog {
  /** To be called once the container has ended: waits for the rest of its output; rejects where that cannot be had. */
  finish(): Promise<void>;
}

/** Between the end of a log and the news that its container has ended, which belong together. */
const togetherMs = 3000;
const attempts = 3;

/** Hands over all that a container writes; a connection that was cut is made again. */
export function followLog(kubernetes: Kubernetes, options: PodLogOptions): PodLog {
  const ended = new AbortController();
  const done = pump(kubernetes, options, ended.signal);
  done.catch(() => {}); // Not awaited yet is not unhandled.
  return {
    finish() {
      ended.abort();
      return done;
    },
  };
}

async function pump(kubernetes: Kubernetes, options: PodLogOptions, ended: AbortSignal): Promise<void> {
  let received = 0;
  for (let failures = 0; ; ) {
    try {
      for await (const chunk of readLog(kubernetes, options, received)) {
        received += chunk.length;
        await options.sink(chunk);
      }
      await abortedWithin(ended, togetherMs);
      if (ended.aborted) return;
    } catch (error) {
      failures += 1;
      if (ended.aborted && failures >= attempts) throw error;
      await abortedWithin(ended, togetherMs);
    }
  }
}

/** What comes after the first `skip` bytes: a log can be read from its beginning only. */
async function* readLog(kubernetes: Kubernetes, { namespace, pod }: PodLogOptions, skip: number) {
  const stream = await kubernetes.logs({ namespace, pod, container: containerName, follow: true });
  let position = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const start = position;
    position += chunk.length;
    if (position > skip) yield chunk.subarray(Math.max(0, skip - start));
  }
}

async function abortedWithin(signal: AbortSignal, milliseconds: number): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => {});
}
