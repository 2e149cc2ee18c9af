import { rm } from 'node:fs/promises';
import { stopProcess } from '../tools/processes.ts';
import type { RunRecord } from './record.ts';
import type { Records } from './records.ts';

/** Longer than a supervisor gives its package, so that it writes the end down itself. */
const supervisorGraceMs = 20_000;
const orphanGraceMs = 10_000;

/** Ends a run that is running, with all of its processes; returns the record of its end. */
export async function stopRun(records: Records, run: RunRecord, now: () => Date): Promise<RunRecord> {
  if (run.supervisor) await stopProcess(run.supervisor, { graceMs: supervisorGraceMs });
  const left = (await records.get(run.id)) ?? run;
  if (left.status !== 'running' && left.status !== 'lost') return left;
  // Its supervisor was killed: the package may still run, and nobody but us will write down its end.
  if (left.process) await stopProcess(left.process, { graceMs: orphanGraceMs, group: true });
  await rm(records.folder(run.id).private, { recursive: true, force: true });
  const ended = { ...left, status: 'stopped', finishedAt: now().toISOString() } as const;
  await records.save(ended);
  return ended;
}
