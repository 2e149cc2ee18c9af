import { Failure, type FailureKind } from '../failure.ts';

/** What was thrown; a Failure of one of the kinds that does not say what to do next now does. */
export function withNext(error: unknown, kinds: readonly FailureKind[], next: string): unknown {
  if (!(error instanceof Failure) || error.next.length > 0 || !kinds.includes(error.kind)) return error;
  return new Failure(error.kind, { what: error.message, why: error.why, next, cause: error.cause });
}
