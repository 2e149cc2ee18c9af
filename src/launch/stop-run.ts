import { rm } from 'node:fs/promises';
import type { Context } from '../context.ts';
import { stopProcess } from '../tools/processes.ts';
import { mayBeLeft, type RunRecord } from './record.ts';
import type { Records } from './records.ts';

/** Longer than a supervisor gives its package, so that it writes the end down itself. */
const supervisorGraceMs = 60_000;
const orphanGraceMs = 10_000;

/** Ends a run that is running, and removes what is left of one that was lost or kept; returns its record. */
export async function stopRun(context: Context, records: Records, run: RunRecord): Promise<RunRecord> {
  if (run.supervisor && run.status === 'running') await stopProcess(run.supervisor, { graceMs: supervisorGraceMs });
  const left = (await records.get(run.id)) ?? run;
  const hasEnded = left.status !== 'running' && left.status !== 'lost';
  // What is to be kept has just come to its end, and is removed when it is stopped once more.
  if (!mayBeLeft(left) || (hasEnded && run.status === 'running')) return left;
  await endOrphan(context, left);
  if (hasEnded) return save(records, { ...left, kept: false });
  // Its supervisor was killed: nobody but us will write down its end.
  await rm(records.folder(run.id).private, { recursive: true, force: true });
  return save(records, { ...left, status: 'stopped', kept: false, finishedAt: context.now().toISOString() });
}

async function save(records: Records, record: RunRecord): Promise<RunRecord> {
  await records.save(record);
  return record;
}

async function endOrphan(context: Context, { process, container, job }: RunRecord): Promise<void> {
  if (process) await stopProcess(process, { graceMs: orphanGraceMs, group: true });
  if (container) {
    const { openDocker } = await import('../tools/docker.ts');
    const { containers } = await openDocker(context);
    await containers.stop(container.id, orphanGraceMs / 1000);
    await containers.remove(container.id);
  }
  if (job) {
    const { openJobCluster, removeJob } = await import('./job/job-cluster.ts');
    await removeJob(await openJobCluster(context, job), job);
  }
}
