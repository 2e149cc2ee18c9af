import { readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { replaceFile } from '../tools/atomic-file.ts';
import { type ProcessIdentity, startDetached } from '../tools/exec.ts';
import { isAlive, stopProcess } from '../tools/processes.ts';
import type { Assignment } from './carry-out.ts';
import { isStarted, type RunRecord } from './record.ts';
import type { Records } from './records.ts';
import type { RunFolder } from './run-folder.ts';

/** The hidden command that `supervise` answers to. */
const superviseCommand = '__supervise';

/** Longer than a supervisor takes to end its package; a Job's pod goes slowly. */
const stopMs = 60_000;

/** Starts a supervisor of ours for a prepared run, and returns once the package has been started. */
export async function leaveToSupervisor(
  context: Context,
  records: Records,
  record: RunRecord,
  assignment: Assignment,
): Promise<RunRecord> {
  const folder = records.folder(record.id);
  try {
    // Through a private file that the supervisor removes at once: argv can be read by everybody.
    replaceFile(folder.assignment, JSON.stringify(assignment));
    const supervisor = await startDetached(context.node, [context.entry, superviseCommand, folder.directory], {
      cwd: record.directory,
      env: context.env,
      logFile: folder.supervisorLog,
    });
    return await untilStarted(context, records, record.id, supervisor);
  } catch (error) {
    if (!(await startedRun(records, record.id))) await records.remove(record.id);
    throw error;
  }
}

/** Takes the assignment of a detached run; nobody can take it twice. */
export async function takeAssignment(folder: RunFolder): Promise<Assignment> {
  const text = await readFile(folder.assignment, 'utf8');
  await rm(folder.assignment);
  return JSON.parse(text) as Assignment;
}

async function untilStarted(context: Context, records: Records, id: string, supervisor: ProcessIdentity) {
  while (!context.signal.aborted && (await isAlive(supervisor))) {
    const run = await startedRun(records, id);
    if (run) return run;
    await delay(20);
  }
  await stopProcess(supervisor, { graceMs: stopMs });
  context.signal.throwIfAborted();
  // It may have ended between two looks, and its run with it.
  return (await startedRun(records, id)) ?? Promise.reject(await supervisorFailure(records.folder(id)));
}

async function startedRun(records: Records, id: string): Promise<RunRecord | undefined> {
  const record = await records.get(id);
  return record && isStarted(record) ? record : undefined;
}

async function supervisorFailure({ supervisorLog }: RunFolder): Promise<Failure> {
  const lines = (await readFile(supervisorLog, 'utf8')).trim().split('\n');
  return new Failure('unhealthy', {
    what: 'The detached run could not be started',
    why: lines.slice(-10),
    next: 'dk run without --detach stays with it, and shows more',
  });
}
