import { parseCellName } from '../../cells/names.ts';
import type { Context } from '../../context.ts';
import { remove, removeCells, stop } from '../../environment/down.ts';
import { devCommand, environmentName } from '../../environment/names.ts';
import { recordToStop } from '../../environment/record.ts';
import { runsOf } from '../../environment/runs.ts';
import { needEnvironment } from '../../environment/select.ts';
import { Failure } from '../../failure.ts';
import { didYouMean } from '../../manifest/near-miss.ts';
import { createReporter } from '../../report/progress.ts';
import { confirm } from '../../report/prompt.ts';
import { printNote } from '../../report/result.ts';

export interface DevDownFlags {
  readonly env?: string;
  readonly delete: boolean;
  readonly cell: readonly string[];
  readonly yes: boolean;
  readonly jsonEvents: boolean;
  /** Seconds. */
  readonly waitLock: number;
}

/** `dk dev down`: stops and keeps data; with `--delete` removes everything, or just the cells that are named. */
export async function devDown(context: Context, flags: DevDownFlags): Promise<void> {
  const name = environmentName(context, flags.env);
  const cells = flags.cell.map(parseCellName);
  if (cells.length > 0 && !flags.delete) {
    throw new Failure('usage', {
      what: '--cell goes with --delete: a single cell cannot be stopped, only removed',
      next: `${context.program} dev down --delete ${cells.map((cell) => `--cell ${cell}`).join(' ')}`,
    });
  }
  if ((await recordToStop(context, name)) === undefined) {
    return printNote(context, `there is no environment ${name}: nothing to do`);
  }
  if (cells.length > 0) await requireCells(context, name, cells);
  await considerRuns(context, flags, name, cells);
  if (flags.delete && !flags.yes && !(await confirm(context, question(name, cells)))) {
    throw new Failure('usage', { what: 'Not confirmed, nothing was removed' });
  }
  const reporter = await createReporter(context, { json: flags.jsonEvents });
  const options = {
    name,
    waitLockMs: flags.waitLock * 1000,
    tell: (line: string) => void printNote(context, line),
  };
  const work = !flags.delete
    ? stop(context, options, reporter.listener)
    : cells.length > 0
      ? removeCells(context, { ...options, cells }, reporter.listener)
      : remove(context, options, reporter.listener);
  await work.finally(() => reporter.finished());
  await printNote(context, outcome(context, flags, name, cells));
}

async function requireCells(context: Context, name: string, wanted: readonly string[]): Promise<void> {
  const { cells } = await needEnvironment(context, name);
  const known = (await cells.list()).map((cell) => cell.name);
  const missing = wanted.find((cell) => !known.includes(cell));
  if (missing === undefined) return;
  throw new Failure('notFound', {
    what: `There is no cell ${missing} in environment ${name}${didYouMean(missing, known)}`,
    why: `It has ${known.join(', ') || 'none'}`,
  });
}

/** Runs that go on would lose what they work with: nobody does that to them unknowingly. Removing everything ends them. */
async function considerRuns(context: Context, flags: DevDownFlags, name: string, cells: readonly string[]) {
  if (flags.delete && cells.length === 0) return;
  const runs = (await runsOf(context, name)).filter(({ status, cell }) => {
    return status === 'running' && (cells.length === 0 || cells.includes(cell ?? 'local'));
  });
  const lines = runs.map(({ id, cell }) => `${id} is going on, in cell ${cell ?? 'local'}`);
  if (runs.length > 0 && !flags.delete && !flags.yes) {
    throw new Failure('conflict', {
      what: `Environment ${name} is in use`,
      why: lines,
      next: [
        ...runs.map(({ id }) => `${context.program} stop ${id}`),
        `${devCommand(context, 'down', name)} --yes, to stop the servers all the same`,
      ],
    });
  }
  for (const line of lines) await printNote(context, line);
}

function question(name: string, cells: readonly string[]): string {
  if (cells.length > 0) return `Remove cell ${cells.join(', ')} of environment ${name} with its database and bucket?`;
  return `Remove environment ${name} with all its cells, their databases and buckets, and end the runs that use it?`;
}

function outcome({ program }: Context, flags: DevDownFlags, name: string, cells: readonly string[]): string {
  const env = flags.env === undefined ? '' : ` --env ${flags.env}`;
  if (cells.length > 0) return `removed cell ${cells.join(', ')} of environment ${name}`;
  if (flags.delete) return `removed environment ${name}: no process and no file of it is left`;
  return `environment ${name} is down, its data is kept; to remove it: ${program} dev down --delete${env}`;
}
