import type { Progress } from '../graph/step.ts';

/** What stands in a data set's place. */
export type Standing =
  | { readonly current: true; readonly held: Held }
  | { readonly current: false; readonly why: string };

/** How much a seed put there: rows where they could be counted. */
export interface Held {
  readonly rows: number | null;
  /** Null for a table. */
  readonly objects: number | null;
}

/** The place of a data set, as a seed sees it. */
export interface Target {
  /** Whether it holds this very seed; changes nothing. */
  look(signal: AbortSignal): Promise<Standing>;
  /** Replaces what an earlier seed put there. */
  load(progress: Progress): Promise<void>;
}
