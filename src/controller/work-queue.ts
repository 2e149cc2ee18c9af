import { once } from 'node:events';
import { Failure, reasonOf } from '../failure.ts';
import type { Log } from './log.ts';

interface Work {
  /** Gives when the key is to be looked at again, though nothing happens; a key is never worked on twice at once. */
  readonly work: (key: string) => Promise<Date | undefined>;
  /** So many keys at once. */
  readonly concurrency: number;
  readonly log: Log;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

interface Alarm {
  readonly time: number;
  readonly timer: NodeJS.Timeout;
}

const firstMs = 1000;
const longestMs = 60_000;
/** A timer cannot wait any longer. */
const farthestMs = 2 ** 31 - 1;

/** Keys that wait to be worked on, each once, however often it is added; what fails is tried again, ever more seldom. */
export class WorkQueue {
  readonly #options: Work;
  readonly #waiting = new Set<string>();
  readonly #working = new Map<string, Promise<void>>();
  readonly #failures = new Map<string, number>();
  readonly #alarms = new Map<string, Alarm>();

  constructor(options: Work) {
    this.#options = options;
  }

  add(key: string): void {
    this.#waiting.add(key);
    this.#start();
  }

  /** Of two times, the earlier counts. */
  addAt(key: string, date: Date): void {
    if (this.#options.signal.aborted) return;
    const time = date.getTime();
    const known = this.#alarms.get(key);
    if (known && known.time <= time) return;
    clearTimeout(known?.timer);
    const ring = () => {
      this.#alarms.delete(key);
      this.add(key);
    };
    const delay = Math.min(farthestMs, Math.max(0, time - this.#options.now().getTime()));
    this.#alarms.set(key, { time, timer: setTimeout(ring, delay) });
  }

  /** Works until the signal is aborted, and to the end of what was begun. */
  async untilAborted(): Promise<void> {
    const { signal } = this.#options;
    if (!signal.aborted) await once(signal, 'abort');
    for (const { timer } of this.#alarms.values()) clearTimeout(timer);
    await Promise.all(this.#working.values());
  }

  #start(): void {
    for (const key of this.#waiting) {
      if (this.#options.signal.aborted || this.#working.size >= this.#options.concurrency) return;
      if (this.#working.has(key)) continue;
      this.#waiting.delete(key);
      const done = this.#attempt(key).finally(() => {
        this.#working.delete(key);
        this.#start();
      });
      this.#working.set(key, done);
    }
  }

  async #attempt(key: string): Promise<void> {
    try {
      const again = await this.#options.work(key);
      this.#failures.delete(key);
      if (again) this.addAt(key, again);
    } catch (error) {
      if (!this.#options.signal.aborted) this.#tryLater(key, error);
    }
  }

  #tryLater(key: string, error: unknown): void {
    const { log, now } = this.#options;
    const count = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, count);
    if (error instanceof Failure) log.warn('failed, and is tried again', { object: key, why: reasonOf(error) });
    else log.error('a fault of ours', { object: key, why: stackOf(error) });
    this.addAt(key, new Date(now().getTime() + Math.min(longestMs, firstMs * 2 ** (count - 1))));
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
