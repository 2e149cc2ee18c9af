import { rm } from 'node:fs/promises';
import type { Context } from '../context.ts';
import { stopProcess } from '../tools/processes.ts';
import type { RunRecord } from './record.ts';
import type { Records } from './records.ts';

/** Longer than a supervisor gives its package, so that it writes the end down itself. */
const supervisorGraceMs = 60_000;
const orphanGraceMs = 10_000;

/** Ends a run that is running, and removes what is left of one that was lost; returns the record of its end. */
export async function stopRun(context: Context, records: Records, run: RunRecord): Promise<RunRecord> {
  if (run.supervisor) await stopProcess(run.supervisor, { graceMs: supervisorGraceMs });
  const left = (await records.get(run.id)) ?? run;
  if (left.status !== 'running' && left.status !== 'lost') return left;
  // Its supervisor was killed: the package may still run, and nobody but us will write down its end.
  await endOrphan(context, left);
  await rm(records.folder(run.id).private, { recursive: true, force: true });
  const ended = { ...left, status: 'stopped', finishedAt: context.now().toISOString() } as const;
  await records.save(ended);
  return ended;
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
