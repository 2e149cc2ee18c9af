import { access } from 'node:fs/promises';
import type { Context } from '../context.ts';
import type { Step } from '../graph/step.ts';
import { mayBeLeft, type RunRecord } from '../launch/record.ts';
import { openRecords } from '../launch/records.ts';
import { stopRun } from '../launch/stop-run.ts';
import { runsOf } from './runs.ts';
import { type EnvironmentRecord, environmentDirectory, removeState, stateDirectory } from './state.ts';

/** Ends the runs that use an environment and forgets them. */
export function removeRuns(context: Context, { name }: EnvironmentRecord): Step<unknown> {
  const records = openRecords(stateDirectory(context));
  return {
    id: 'remove-runs',
    title: 'Remove run records',
    needs: [],
    async check() {
      const count = (await runsOf(context, name)).length;
      return count === 0 ? { done: true } : { done: false, why: `there are ${count}` };
    },
    async run() {
      for (const run of await runsOf(context, name)) {
        if (mayBeLeft(run)) await stopRun(context, records, run).catch((error) => unlessJob(run, error));
        await records.remove(run.id);
      }
    },
  };
}

/** A Job goes with its cluster, which may not answer any longer. */
function unlessJob({ job }: RunRecord, error: unknown): void {
  if (job === null) throw error;
}

/** Removes an environment's folder, the last of it. */
export function removeFiles(context: Context, { name }: EnvironmentRecord, needs: readonly string[]): Step<unknown> {
  return {
    id: 'remove-files',
    title: 'Remove its folder',
    needs,
    async check() {
      const exists = await access(environmentDirectory(context, name)).then(
        () => true,
        () => false,
      );
      return exists ? { done: false, why: 'it exists' } : { done: true };
    },
    run: () => removeState(context, name),
  };
}
