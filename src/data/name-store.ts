import { Failure } from '../failure.ts';
import type { ResolvedStore } from '../resolve/run-spec.ts';

/** What was thrown; of a Failure that knows a server by its address only, which of the user's Stores that is, and what helps. */
export function namingStore(error: unknown, { name, cell }: ResolvedStore): unknown {
  if (!(error instanceof Failure) || error.next.length > 0 || !['unhealthy', 'notFound'].includes(error.kind))
    return error;
  return new Failure(error.kind, {
    what: `Store ${name} of ${cell === undefined ? 'the package' : `cell ${cell}`} cannot be used`,
    why: [error.message, ...error.why],
    next: [
      'dk dev up puts right what it has made',
      ...(cell === undefined ? [] : [`dk store check ${name} --cell ${cell}`]),
    ],
    cause: error,
  });
}
