import { parseCellName } from '../../cells/names.ts';
import type { Context } from '../../context.ts';
import { environmentName } from '../../environment/names.ts';
import { needRunning } from '../../environment/select.ts';
import { loadValidPackage } from '../../package/load.ts';
import { createReporter } from '../../report/progress.ts';
import { type OutputFormat, printNote, printResult } from '../../report/result.ts';
import { formatBytes, formatDuration, formatTable } from '../../report/table.ts';
import { type SeedResult, seedPackage } from '../../seed/seed-package.ts';
import { rememberingOptions } from '../read-options.ts';

export interface DevSeedFlags {
  readonly env?: string;
  readonly cell?: string;
  readonly profile?: string;
  readonly clean: boolean;
  readonly jsonEvents: boolean;
  readonly output: OutputFormat;
}

/** `dk dev seed`: loads the rows and files of the data sets' `dev.seed`, where they changed. */
export async function devSeed(context: Context, flags: DevSeedFlags): Promise<void> {
  const pkg = await loadValidPackage(context.cwd, await rememberingOptions(context, flags.env));
  const { cells, id: environmentId } = await needRunning(context, environmentName(context, flags.env));
  const { listener: onProgress, finished } = await createReporter(context, { json: flags.jsonEvents });
  const { profile, clean } = flags;
  const cell = parseCellName(flags.cell ?? 'local');
  const options = { pkg, cells, environmentId, cell, profile, clean, onProgress };
  const seeds = await seedPackage(context, options).finally(finished);
  if (seeds.length === 0) await printNote(context, 'no data set of this package has a seed: spec.dev.seed');
  await printResult(context, flags.output, { kind: 'SeedList', data: { seeds }, table: () => seedTable(seeds) });
}

const columns = ['DATASET', 'CELL', 'STORE', 'CONTENT', 'BYTES', 'RESULT', 'TIME'];

function seedTable(seeds: readonly SeedResult[]): string {
  const rows = seeds.map(({ dataset, cell, store, rows, objects, bytes, result, milliseconds }) => {
    const content = [counted(rows, 'row'), counted(objects, 'object')].filter((part) => part !== '').join(', ');
    return [dataset, cell, store, content, formatBytes(bytes), result, formatDuration(milliseconds)];
  });
  return seeds.length === 0 ? '' : formatTable(columns, rows);
}

function counted(count: number | null, noun: string): string {
  return count === null ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`;
}
