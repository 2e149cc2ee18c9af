import { Failure, reasonOf } from '../failure.ts';
import type { ResolvedStore } from '../resolve/run-spec.ts';
import { faultOf } from '../tools/postgres-fault.ts';
import { namingStore } from './name-store.ts';

/** What Postgres answered instead of doing what it was asked. */
export interface DatabaseError extends Error {
  /** SQLSTATE. */
  readonly code: string;
  readonly detail?: string;
  /** Where it was, such as `COPY orders, line 3, column id: "x"`. */
  readonly where?: string;
}

/** SQLSTATE classes of a server that cannot work, whatever it is asked: connection, resources, shutdown, system. */
const outOfOrder = /^(?:08|53|57|58|XX)/;

/** Whether the server refused what it was asked; not so if it is out of order, or the way to it. */
export function isDatabaseError(error: unknown): error is DatabaseError {
  return isAnswer(error) && !outOfOrder.test(error.code);
}

/** The server's own words: message, detail, place. */
export function wordsOf({ message, detail, where }: DatabaseError): readonly string[] {
  return [message, detail, where].flatMap((words) => words ?? []);
}

/** An unhealthy Failure for a server that cannot be reached, went away or is out of order; any other error as it is. */
export function lostOr(error: unknown, store: ResolvedStore): unknown {
  if (error instanceof Failure) return namingStore(error, store);
  if (isDatabaseError(error)) return error;
  if (!isAnswer(error) && faultOf(error).stage === 'server') return error;
  return new Failure('unhealthy', {
    what: `The database of Store ${store.name} stopped working in the middle`,
    why: reasonOf(error),
    next: 'dk dev status',
    cause: error,
  });
}

function isAnswer(error: unknown): error is DatabaseError {
  return error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string';
}
