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
export async function printRun(context: Context, output: OutputFormat, run: RunRecord, ended: Ended): Promise<void> {
  await printResult(context, output, { kind: 'Run', data: plainRun(run, ended), table: () => '' });
}

/** Field by field: what the record keeps for dk itself is no part of the shape. */
function plainRun(run: RunRecord, { logFile, failure }: Ended) {
  const { id, package: name, version, directory, cell, environment, launch } = run;
  const { status, startedAt, finishedAt, exitCode, signal, container } = run;
  const job = run.job && { name: run.job.name, namespace: run.job.namespace, context: run.job.context };
  const durationMs = finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt);
  const reason = failure?.message ?? null;
  return {
    ...{ id, package: name, version, directory, cell, environment, launch, container, job },
    ...{ status, exitCode, signal, reason, startedAt, finishedAt, durationMs, logFile },
  };
}
