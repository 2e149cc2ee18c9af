import type { Context } from '../context.ts';
import { stateDirectory } from '../environment/state.ts';
import { outlivesSupervisor } from '../launch/outlives.ts';
import { replayLog } from '../launch/read-log.ts';
import { openRecords } from '../launch/records.ts';
import { requireRun } from './require-run.ts';

/** `dk logs`: what a run wrote, each stream on its own; follows a run that goes on when asked to. */
export async function logs(context: Context, options: { readonly run?: string; readonly follow: boolean }) {
  const records = openRecords(stateDirectory(context), outlivesSupervisor(context));
  const { id } = requireRun(context, await records.list(), options.run);
  const goesOn = async () => (await records.get(id))?.status === 'running';
  const following = options.follow ? { goesOn, signal: context.signal } : undefined;
  await replayLog(records.folder(id).log, context, following);
}
