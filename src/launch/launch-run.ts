import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { ownIdentity } from '../tools/processes.ts';
import { type Assignment, carryOut, type Outcome } from './carry-out.ts';
import { leaveToSupervisor } from './detach.ts';
import type { Launch } from './launch.ts';
import { preparePlan } from './launchers.ts';
import type { Onlookers } from './output.ts';
import type { RunRecord } from './record.ts';
import type { Records } from './records.ts';
import { newRunId } from './run-folder.ts';

export interface LaunchRunOptions {
  readonly records: Records;
  readonly onlookers: Onlookers;
  /** Rejects when the package must not be started; asked while all is prepared. */
  readonly mayStart?: () => Promise<void>;
}

/** Runs a package in its place to its end, or starts it and leaves it to a supervisor when it is to be detached. */
export async function launchRun(context: Context, launch: Launch, options: LaunchRunOptions): Promise<Outcome> {
  const { records, onlookers } = options;
  context.secrets.add(launch.run.secretValues);
  const id = newRunId(launch.run.package.name, context.now());
  const [assignment, identity] = await Promise.all([prepare(context, launch, id, options), ownIdentity()]);
  const record = newRecord(id, launch, context.now(), identity);
  await records.save(record);
  // While the package runs.
  const pruned = records.prune(context.now());
  pruned.catch(() => undefined);
  const outcome = launch.options.detach
    ? { record: await leaveToSupervisor(context, records, record, assignment), complaint: [] }
    : await carryOut(context, records, record, assignment, onlookers);
  await pruned;
  return outcome;
}

/** What a run's end means for the command that waited for it; undefined when it is good. */
export function failureOf(context: Context, { record, complaint }: Outcome): Failure | undefined {
  const { id, status } = record;
  const next = `${context.program} logs ${id}`;
  switch (status) {
    case 'running':
    case 'succeeded':
      return undefined;
    case 'stopped':
      return stopFailure(context, id, next);
    case 'timed-out':
      return new Failure('packageFailed', {
        what: `The run ${id} was ended by its timeout`,
        why: complaint,
        next,
      });
    case 'failed':
    case 'lost':
      return new Failure('packageFailed', {
        what: `The package ${howItEnded(record)}`,
        why: complaint,
        next,
      });
  }
}

async function prepare(
  context: Context,
  launch: Launch,
  id: string,
  { records, mayStart }: LaunchRunOptions,
): Promise<Assignment> {
  const folder = await records.reserve(id);
  try {
    const preparing = preparePlan(context, launch, id, folder);
    // Both come to their end before the folder may go; a refusal is told rather than what it kept from being prepared.
    const [allowed] = await Promise.allSettled([mayStart?.(), preparing]);
    if (allowed.status === 'rejected') throw allowed.reason;
    const plan = await preparing;
    context.signal.throwIfAborted();
    const { timeoutMs } = launch.options;
    return { plan, secrets: launch.run.secretValues, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  } catch (error) {
    await records.remove(id);
    throw error;
  }
}

function newRecord(id: string, launch: Launch, now: Date, supervisor: RunRecord['supervisor']): RunRecord {
  const { place = { launch: 'process' } } = launch;
  const { name, version, directory } = launch.run.package;
  return {
    id,
    package: name,
    version,
    directory,
    cell: launch.run.cell ?? null,
    environment: launch.environment,
    launch: place.launch,
    status: 'running',
    startedAt: now.toISOString(),
    finishedAt: null,
    exitCode: null,
    signal: null,
    reason: null,
    process: null,
    container: null,
    job: null,
    kept: place.launch !== 'process' && place.keep,
    supervisor,
  };
}

function stopFailure({ signal }: Context, id: string, next: string): Failure {
  if (signal.reason instanceof Failure) return signal.reason;
  return new Failure('terminated', { what: `The run ${id} was stopped`, next });
}

function howItEnded({ package: name, exitCode, signal, reason }: RunRecord): string {
  const why = reason === null ? '' : `: ${reason}`;
  if (signal !== null) return `${name} was ended by ${signal}`;
  return `${name} ${exitCode === null ? 'did not run to an end' : `failed with exit code ${exitCode}`}${why}`;
}
