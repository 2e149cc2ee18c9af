/** How one step ended. */
export type StepOutcome = 'unchanged' | 'changed' | 'failed' | 'skipped' | 'aborted';

/** Everything that happens while a graph runs; task list, plain lines and NDJSON are three renderings of it. */
export type Event =
  | { readonly type: 'graph-started'; readonly steps: readonly { readonly id: string; readonly title: string }[] }
  | { readonly type: 'step-started'; readonly step: string; readonly title: string; readonly why: string }
  | { readonly type: 'step-said'; readonly step: string; readonly title: string; readonly what: string }
  | {
      readonly type: 'step-finished';
      readonly step: string;
      readonly title: string;
      readonly outcome: StepOutcome;
      readonly milliseconds: number;
      /** Present when failed or skipped. */
      readonly reason?: string;
    }
  | { readonly type: 'graph-finished'; readonly ok: boolean; readonly milliseconds: number };

/** Receives events in the order in which they happen; must not throw. */
export type Listener = (event: Event) => void;
