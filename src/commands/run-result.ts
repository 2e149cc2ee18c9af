import type { Context } from '../context.ts';
import type { Failure } from '../failure.ts';
import type { RunRecord } from '../launch/record.ts';
import { type OutputFormat, printResult } from '../report/result.ts';

interface Ended {
  /** Absolute path. */
  readonly logFile: string;
  /** What its end means, where that is not good. */
  readonly failure: Failure | undefined;
}

/** A run for programs, when dk is done with it; people have seen its output. */
export async function printRun(
  context: Context,
  output: OutputFormat,
  { process: _, supervisor: __, ...run }: RunRecord,
  { logFile, failure }: Ended,
): Promise<void> {
  const { startedAt, finishedAt } = run;
  const durationMs = finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt);
  const data = { ...run, durationMs, reason: failure?.message ?? null, logFile };
  await printResult(context, output, { kind: 'Run', data, table: () => '' });
}
