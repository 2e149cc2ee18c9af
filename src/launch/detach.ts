import { readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { writeAtomically } from '../cells/atomic-file.ts';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { type ProcessIdentity, startDetached } from '../tools/exec.ts';
import { isAlive, stopProcess } from '../tools/processes.ts';
import type { Assignment } from './carry-out.ts';
import type { RunRecord } from './record.ts';
import type { Records } from './records.ts';
import type { RunFolder } from './run-folder.ts';

/** The hidden command that `supervise` answers to. */
export const superviseCommand = '__supervise';

/** Starts a supervisor of ours for a prepared run, and returns once the package has been started. */
export async function leaveToSupervisor(
  context: Context,
  records: Records,
  record: RunRecord,
  assignment: Assignment,
): Promise<RunRecord> {
  const folder = records.folder(record.id);
  // Through a private file that the supervisor removes at once: argv can be read by everybody.
  await writeAtomically(folder.assignment, JSON.stringify(assignment));
  const supervisor = await startDetached(context.node, [context.entry, superviseCommand, folder.directory], {
    cwd: record.directory,
    env: context.env,
    logFile: folder.supervisorLog,
  });
  return untilStarted(context, records, record, supervisor);
}

/** Takes the assignment of a detached run; nobody can take it twice. */
export async function takeAssignment(folder: RunFolder): Promise<Assignment> {
  const text = await readFile(folder.assignment, 'utf8');
  await rm(folder.assignment);
  return JSON.parse(text) as Assignment;
}

async function untilStarted(context: Context, records: Records, { id }: RunRecord, supervisor: ProcessIdentity) {
  while (await isAlive(supervisor)) {
    if (context.signal.aborted) await stopProcess(supervisor, { graceMs: 15_000 });
    context.signal.throwIfAborted();
    const record = await records.get(id);
    if (record && record.process !== null) return record;
    await delay(20);
  }
  const record = await records.get(id);
  if (record && record.process !== null) return record;
  throw await supervisorFailure(records, id);
}

async function supervisorFailure(records: Records, id: string): Promise<Failure> {
  const { supervisorLog } = records.folder(id);
  const log = await readFile(supervisorLog, 'utf8');
  await records.remove(id);
  return new Failure('unhealthy', { what: 'The detached run could not be started', why: log.trim().split('\n').slice(-10) });
}
