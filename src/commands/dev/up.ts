import { parseCellName } from '../../cells/names.ts';
import type { Context } from '../../context.ts';
import { parseEngine } from '../../environment/choose-engine.ts';
import { environmentName } from '../../environment/names.ts';
import { needEnvironment } from '../../environment/select.ts';
import { environmentStatus } from '../../environment/status.ts';
import { planUp, type UpOptions, up } from '../../environment/up.ts';
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
  /** False with `--no-merge`. */
  readonly merge: boolean;
  readonly jsonEvents: boolean;
  /** Seconds. */
  readonly waitLock: number;
  readonly output: OutputFormat;
}

/** `dk dev up`: converges, and ends with where everything is. */
export async function devUp(context: Context, flags: DevUpFlags): Promise<void> {
  const tell = (line: string) => void printNote(context, line);
  const name = environmentName(context, flags.env);
  const options: UpOptions = {
    name,
    engine: parseEngine(context, flags.engine),
    merge: flags.merge,
    cells: flags.cell.map(parseCellName),
    package: await packageHere(context, name, tell),
    waitLockMs: flags.waitLock * 1000,
    tell,
  };
  if (flags.dryRun) return printPlan(context, flags.output, options);
  const reporter = await createReporter(context, { json: flags.jsonEvents });
  const { record } = await up(context, options, reporter.listener).finally(() => reporter.finished());
  const status = await environmentStatus(await needEnvironment(context, record.name), false);
  await printResult(context, flags.output, {
    kind: 'Environment',
    data: { ...status },
    table: () => statusTable(status),
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
