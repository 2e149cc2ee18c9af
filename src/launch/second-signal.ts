import type { Context } from '../context.ts';

/** Aborted by the second SIGINT, SIGTERM or SIGHUP; `close` when it is no longer of interest. */
export function secondSignal(context: Context): { readonly signal: AbortSignal; close(): void } {
  const second = new AbortController();
  let heard = context.signal.aborted ? 1 : 0;
  const close = context.onSignal?.(() => {
    heard += 1;
    if (heard > 1) second.abort();
  });
  return { signal: second.signal, close: () => close?.() };
}
