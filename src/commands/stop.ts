import type { Context } from '../context.ts';
import { stateDirectory } from '../environment/state.ts';
import { findRun, openRecords } from '../launch/records.ts';
import { stopRun } from '../launch/stop-run.ts';
import { printNote } from '../report/result.ts';
import { requireRun } from './require-run.ts';

/** `dk stop`: ends a run with all of its processes; one that has ended already is no failure. */
export async function stop(context: Context, options: { readonly run: string }) {
  const records = openRecords(stateDirectory(context));
  const known = await records.list();
  const running = known.filter(({ status }) => status === 'running');
  const run = findRun(running, options.run) ?? requireRun(context, known, options.run);
  if (run.status !== 'running') return printNote(context, `${run.id} has already ended: ${run.status}`);
  const { status } = await stopRun(records, run, context.now);
  await printNote(context, `${run.id}: ${status}`);
}
