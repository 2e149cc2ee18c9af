import type { Context } from '../context.ts';
import { Failure, reasonOf } from '../failure.ts';
import type { GraphResult } from '../graph/execute.ts';

/** Throws what failed: a single failure as it is, several as one; nothing when all is well. */
export function throwFailures({ signal }: Context, { ok, aborted, results }: GraphResult): void {
  if (ok) return;
  if (aborted) throw signal.reason;
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  const fault = failed.find(({ error }) => !(error instanceof Failure)) ?? failed[0];
  const known = failed.flatMap(({ error }) => (error instanceof Failure ? [error] : []));
  if (failed.length === 1 || known.length < failed.length) throw fault?.error;
  throw new Failure(known[0]?.kind ?? 'invalid', {
    what: `${failed.length} seeds could not be loaded`,
    why: known.map(reasonOf),
    next: [...new Set(known.flatMap(({ next }) => next))],
    cause: new AggregateError(known),
  });
}
