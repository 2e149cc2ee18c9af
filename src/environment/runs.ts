import type { Context } from '../context.ts';
import { outlivesSupervisor } from '../launch/outlives.ts';
import type { RunRecord } from '../launch/record.ts';
import { openRecords } from '../launch/records.ts';
import { stateDirectory } from './state.ts';

/** The runs that used an environment, newest first: those that are going on, and those that have ended. */
export async function runsOf(context: Context, environment: string): Promise<readonly RunRecord[]> {
  const runs = await openRecords(stateDirectory(context), outlivesSupervisor(context)).list();
  return runs.filter((run) => run.environment === environment);
}
