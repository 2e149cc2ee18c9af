import { parseCellName } from '../../cells/names.ts';
import type { Context } from '../../context.ts';
import type { DeploymentState } from '../../release/deploy/deployments.ts';
import { requireTarget } from '../../release/deploy/require-target.ts';
import { type OutputFormat, printNote, printResult } from '../../report/result.ts';
import { formatAge, formatTable } from '../../report/table.ts';
import { notDeployed } from './not-deployed.ts';
import { openTarget, type TargetFlags } from './open-deployments.ts';
import { readPackageName } from './package-argument.ts';

interface StatusFlags extends TargetFlags {
  readonly package?: string | undefined;
  readonly cell?: string | undefined;
  readonly output: OutputFormat;
}

/** `dk status`: which packages are deployed where, and what became of them. */
export async function status(context: Context, flags: StatusFlags): Promise<void> {
  const name = flags.package === undefined ? undefined : readPackageName(flags.package);
  const cell = flags.cell === undefined ? undefined : parseCellName(flags.cell);
  const { deployments } = await openTarget(context, flags, false);
  if (cell !== undefined) await requireTarget(context, deployments, cell);
  const all = await deployments.list(cell);
  const shown = all.filter((each) => (name ?? each.package) === each.package);
  if (name !== undefined && shown.length === 0) throw await notDeployed(deployments, name, cell);
  const now = context.now();
  await printResult(context, flags.output, {
    kind: 'DeploymentList',
    data: { deployments: shown },
    table: () =>
      formatTable(
        ['PACKAGE', 'VERSION', 'CELL', 'PHASE', 'LAST RUN', 'NEXT RUN', 'WHY'],
        shown.map((each) => row(each, now)),
      ),
  });
  if (shown.length === 0)
    await printNote(
      context,
      `Nothing is deployed in ${cell === undefined ? '' : `cell ${cell} of `}${deployments.where}`,
    );
}

function row({ lastRun, nextRun, ...state }: DeploymentState, now: Date): readonly string[] {
  const last = lastRun ? [lastRun.status, ago(lastRun.startTime, now)].filter(Boolean).join(' ') : '-';
  return [state.package, state.version, state.cell, state.phase ?? '-', last, nextRun ?? '-', state.reason ?? ''];
}

function ago(time: string | null, now: Date): string {
  return time === null ? '' : `${formatAge(new Date(time), now)} ago`;
}
