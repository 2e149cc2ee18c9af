/** What a step says of the world before it runs and once more after. */
export type Checked = { readonly done: true } | { readonly done: false; readonly why: string };

export interface Progress {
  readonly signal: AbortSignal;
  /** Tells why the step waits, or what it does now. */
  say(what: string): void;
}

/**
 * One thing to make true. `check` is called when all needs are done, and again after `run`;
 * a step that is still not done then has failed, which makes every graph safe to repeat.
 */
export interface Step<World> {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly string[];
  check(world: World, signal: AbortSignal): Promise<Checked>;
  run(world: World, progress: Progress): Promise<void>;
}
