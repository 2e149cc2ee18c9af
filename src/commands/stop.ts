import type { Context } from '../context.ts';
import { stateDirectory } from '../environment/state.ts';
import { outlivesSupervisor } from '../launch/outlives.ts';
import { mayBeLeft } from '../launch/record.ts';
import { findRun, openRecords } from '../launch/records.ts';
import { stopRun } from '../launch/stop-run.ts';
import { printNote } from '../report/result.ts';
import { requireRun } from './require-run.ts';

/** `dk stop`: ends a run with all of its processes; one that has ended already is no failure. */
export async function stop(context: Context, options: { readonly run: string }) {
  const records = openRecords(stateDirectory(context), outlivesSupervisor(context));
  const known = await records.list();
  const running = known.filter(({ status }) => status === 'running');
  const run = findRun(running, options.run) ?? requireRun(context, known, options.run);
  if (!mayBeLeft(run)) return printNote(context, `${run.id} has already ended: ${run.status}`);
  const { status } = await stopRun(context, records, run);
  await printNote(context, run.status === status ? `${run.id}: removed what was kept` : `${run.id}: ${status}`);
}
