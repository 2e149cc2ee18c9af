import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import type { RunRecord } from '../launch/record.ts';
import { findRun } from '../launch/records.ts';

/** The run that is meant, the newest without a word; a Failure when there is none. */
export function requireRun(context: Context, runs: readonly RunRecord[], query: string | undefined): RunRecord {
  const found = query === undefined ? runs[0] : findRun(runs, query);
  if (found) return found;
  throw new Failure('notFound', {
    what: query === undefined ? 'There is no run yet' : `There is no run or package ${query}`,
    why: query === undefined ? [] : 'A run is named by its id, the beginning of its id, or its package',
    next: query === undefined ? `${context.program} run` : `${context.program} ps --all`,
  });
}
