import type { Kubernetes } from '../tools/kubernetes.ts';
import type { Log } from './log.ts';
import type { Caches } from './watch.ts';

/** What all loops of a controller have in common. */
export interface Shared {
  readonly kubernetes: Kubernetes;
  readonly caches: Caches;
  readonly log: Log;
  readonly now: () => Date;
  /** Values that must not be seen in any output. */
  readonly hide: (values: Iterable<string>) => void;
}

/** One task of the controller, such as bringing deployments to what they say. */
export interface Loop {
  readonly name: string;
  /** Begins when this controller leads, with caches that are filled; ends after the signal was aborted. */
  start(shared: Shared, signal: AbortSignal): Promise<void>;
}

/** The field manager of all that the controller writes. */
export const manager = 'dk-controller';
