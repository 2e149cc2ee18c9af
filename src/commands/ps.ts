import type { Context } from '../context.ts';
import { stateDirectory } from '../environment/state.ts';
import { outlivesSupervisor } from '../launch/outlives.ts';
import type { RunRecord } from '../launch/record.ts';
import { openRecords } from '../launch/records.ts';
import { type OutputFormat, printNote, printResult } from '../report/result.ts';
import { formatAge, formatDuration, formatTable } from '../report/table.ts';

const columns = ['RUN', 'PACKAGE', 'VERSION', 'CELL', 'LAUNCH', 'STATUS', 'STARTED', 'DURATION', 'EXIT'];

/** `dk ps`: the runs that are running, or all that are remembered. */
export async function ps(context: Context, options: { readonly all: boolean; readonly output: OutputFormat }) {
  const known = await openRecords(stateDirectory(context), outlivesSupervisor(context)).list();
  const runs = options.all ? known : known.filter(({ status }) => status === 'running');
  const now = context.now();
  const table = () =>
    formatTable(
      columns,
      runs.map((run) => row(run, now)),
    );
  await printResult(context, options.output, { kind: 'RunList', data: { runs }, table });
  if (runs.length === 0 && known.length > 0 && options.output === 'table')
    await printNote(context, `nothing runs; those that have ended: ${context.program} ps --all`);
}

function row(run: RunRecord, now: Date): string[] {
  const started = new Date(run.startedAt);
  const exit = run.signal ?? run.exitCode?.toString() ?? '';
  const place = [run.id, run.package, run.version, run.cell ?? '', run.launch];
  return [...place, run.status, formatAge(started, now), duration(run, now), exit];
}

function duration({ status, startedAt, finishedAt }: RunRecord, now: Date): string {
  if (finishedAt === null && status !== 'running') return '';
  const end = finishedAt === null ? now : new Date(finishedAt);
  return formatDuration(Math.max(0, end.getTime() - new Date(startedAt).getTime()));
}
