import { parseCellName } from '../../cells/names.ts';
import type { Context } from '../../context.ts';
import { openEmbedded } from '../../environment/embedded/environment.ts';
import { environmentName } from '../../environment/names.ts';
import { environmentStatus } from '../../environment/status.ts';
import { planUp, type UpOptions, up } from '../../environment/up.ts';
import { Failure } from '../../failure.ts';
import { createReporter } from '../../report/progress.ts';
import { type OutputFormat, printNote, printResult } from '../../report/result.ts';
import { formatTable } from '../../report/table.ts';
import { packageHere } from '../package-here.ts';
import { statusTable } from './status-table.ts';

export interface DevUpFlags {
  readonly env?: string;
  readonly cell: readonly string[];
  readonly engine?: string;
  readonly dryRun: boolean;
  readonly jsonEvents: boolean;
  /** Seconds. */
  readonly waitLock: number;
  readonly output: OutputFormat;
}

/** `dk dev up`: converges, and ends with where everything is. */
export async function devUp(context: Context, flags: DevUpFlags): Promise<void> {
  checkEngine(context, flags.engine);
  const tell = (line: string) => void printNote(context, line);
  const name = environmentName(context, flags.env);
  const options: UpOptions = {
    name,
    cells: flags.cell.map(parseCellName),
    package: await packageHere(context, name, tell),
    waitLockMs: flags.waitLock * 1000,
    tell,
  };
  if (flags.dryRun) return printPlan(context, flags.output, options);
  const reporter = await createReporter(context, { json: flags.jsonEvents });
  const { record } = await up(context, options, reporter.listener).finally(() => reporter.finished());
  const status = await environmentStatus(openEmbedded(context, record), false);
  await printResult(context, flags.output, {
    kind: 'Environment',
    data: { ...status },
    table: () => statusTable(status),
  });
}

function checkEngine(context: Context, engine: string | undefined): void {
  if (engine === undefined || engine === 'embedded') return;
  if (engine !== 'k3d')
    throw new Failure('usage', { what: `There is no engine ${engine}`, why: 'There are k3d and embedded' });
  throw new Failure('prerequisite', {
    what: 'This version of dk makes no k3d clusters',
    why: 'It has the embedded engine only: PostgreSQL and an S3-compatible store as processes of this machine',
    next: `${context.program} dev up --engine embedded`,
  });
}

async function printPlan(context: Context, output: OutputFormat, options: UpOptions): Promise<void> {
  const steps = await planUp(context, options);
  const rows = steps.map(({ action, title, why }) => [action === 'run' ? '+' : '=', title, why]);
  await printResult(context, output, {
    kind: 'Plan',
    data: { steps },
    table: () => formatTable(['', 'STEP', 'WHY'], rows),
  });
}
