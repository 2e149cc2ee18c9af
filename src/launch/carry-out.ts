import { rmSync } from 'node:fs';
import type { Context } from '../context.ts';
import { printNote } from '../report/result.ts';
import type { Plan, Running } from './launch.ts';
import { startPlan } from './launchers.ts';
import { type Ending, outlast } from './lifetime.ts';
import { type Onlookers, openOutput } from './output.ts';
import type { RunRecord } from './record.ts';
import type { Records } from './records.ts';
import { secondSignal } from './second-signal.ts';

/** Milliseconds between SIGTERM and SIGKILL. */
const graceMs = 10_000;

/** What is to be done for a run once all is prepared; plain JSON, holds secrets. */
export interface Assignment {
  readonly plan: Plan;
  readonly timeoutMs?: number;
  /** Values that must not be seen in its output. */
  readonly secrets: readonly string[];
}

/** How a run stands when dk is done with it: ended, or left to its supervisor. */
export interface Outcome {
  readonly record: RunRecord;
  /** The last lines of stderr. */
  readonly complaint: readonly string[];
}

/** Starts what was prepared and stays with it to its end; the record says all the while how it stands. */
export async function carryOut(
  context: Context,
  records: Records,
  record: RunRecord,
  assignment: Assignment,
  onlookers: Onlookers | undefined,
): Promise<Outcome> {
  const { log } = records.folder(record.id);
  const onLogError = ({ message }: Error) =>
    void printNote(context, `the log of ${record.id} cannot be written: ${message}`);
  const output = openOutput({ logFile: log, secrets: assignment.secrets, now: context.now, onlookers, onLogError });
  let ended: RunRecord = { ...record, status: 'failed' };
  let complaint: readonly string[] = [];
  try {
    const running = await startPlan(context, assignment.plan, output);
    const started = { ...record, ...running.whereabouts };
    const ending = await stayWith(running, context, assignment, () => records.save(started));
    ended = { ...started, ...ending };
  } finally {
    complaint = await output.close();
    ended = { ...ended, finishedAt: context.now().toISOString() };
    // Secrets first: who reads of the end may rely on their being gone.
    rmSync(records.folder(record.id).private, { recursive: true, force: true });
    await records.save(ended);
  }
  return { record: ended, complaint };
}

async function stayWith(
  running: Running,
  context: Context,
  { timeoutMs }: Assignment,
  onStarted: () => Promise<void>,
): Promise<Ending> {
  const { signal: hurry, close } = secondSignal(context);
  const limits = { stop: context.signal, hurry, graceMs, timeoutMs };
  try {
    await onStarted();
    return await outlast(running, limits);
  } catch (error) {
    // Nothing goes on that no record tells of.
    await running.end(limits);
    throw error;
  } finally {
    close();
  }
}
