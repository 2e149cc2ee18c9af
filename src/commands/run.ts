import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { requireReachable } from '../environment/require-reachable.ts';
import { stateDirectory } from '../environment/state.ts';
import type { Launch } from '../launch/launch.ts';
import { failureOf, launchRun } from '../launch/launch-run.ts';
import { openRecords } from '../launch/records.ts';
import type { Package } from '../manifest/manifest.ts';
import { type OutputFormat, printNote, printResult } from '../report/result.ts';
import { formatTable } from '../report/table.ts';
import { describePlan, type PlanDescription } from '../resolve/describe.ts';
import { resolveRun } from '../resolve/resolve.ts';
import { placeOf, reachOf } from './launch-place.ts';
import { loadLinted } from './load-linted.ts';
import { rememberingOptions } from './read-options.ts';
import { checkFlags, launchOptions, type RunFlags } from './run-flags.ts';
import { printRun } from './run-result.ts';
import { openWhere } from './where.ts';

/** `dk run`: resolves package × cell and runs it. */
export async function run(
  context: Context,
  directory: string,
  args: readonly string[],
  flags: RunFlags,
): Promise<void> {
  checkFlags(context, flags);
  const once = (here: Context) => runOnce(here, directory, args, flags);
  if (!flags.watch || flags.dryRun) return once(context);
  const { rerunOnChange } = await import('../launch/rerun-on-change.ts');
  await rerunOnChange(context, resolve(context.cwd, directory), once);
}

async function runOnce(context: Context, directory: string, args: readonly string[], flags: RunFlags): Promise<void> {
  const reading = flags.dryRun ? { cwd: context.cwd } : await rememberingOptions(context, flags.context);
  const pkg = await loadLinted(resolve(context.cwd, directory), reading);
  const where = await openWhere(context, pkg.directory, flags, reachOf(flags.launch));
  const resolved = await resolveRun(await withSettings(pkg, flags.set), where);
  context.secrets.add(resolved.secretValues);
  // Before a dry run ends: it tells of a timeout that is none, too.
  const options = launchOptions(context, args, flags, resolved);
  if (flags.dryRun) return printPlan(context, flags.output, describePlan(resolved));
  const place = await placeOf(context, flags, where, resolved);
  const environment = where.environment?.name ?? null;
  await start(context, { run: resolved, spec: resolved.transform, place, environment, options }, flags);
}

async function start(context: Context, launch: Launch, { output, detach, launch: mode }: RunFlags): Promise<void> {
  const records = openRecords(stateDirectory(context));
  // A result for programs has stdout for itself.
  const onlookers = { stdout: output === 'table' ? context.stdout : context.stderr, stderr: context.stderr };
  // Addresses for a container or a pod say nothing here.
  const mayStart = async () => (mode === 'process' ? requireReachable(context, launch.run.stores) : undefined);
  const outcome = await launchRun(context, launch, { records, onlookers, mayStart });
  const { record } = outcome;
  // The last lines of its stderr stand right above.
  const failure = failureOf(context, { ...outcome, complaint: [] });
  await printRun(context, output, record, { logFile: records.folder(record.id).log, failure });
  if (record.kept) await printNote(context, `its ${mode} is kept; ${context.program} stop ${record.id} removes it`);
  if (failure) throw failure;
  if (detach) await printNote(context, `${record.id} runs; ${context.program} logs -f ${record.id}`);
}

async function withSettings(pkg: Package, settings: readonly string[]): Promise<Package> {
  return settings.length === 0 ? pkg : (await import('../resolve/settings.ts')).applySettings(pkg, settings);
}

async function printPlan(context: Context, output: OutputFormat, plan: PlanDescription): Promise<void> {
  const ports = [
    ...plan.inputs.map((port) => ['in', port] as const),
    ...plan.outputs.map((port) => ['out', port] as const),
  ];
  const rows = ports.map(([way, port]) => [
    way,
    port.dataset,
    port.cell ?? '(store/)',
    port.store,
    port.table ?? port.prefix ?? port.topic ?? '',
    plan.stores.find(({ name, cell }) => name === port.store && cell === (port.cell ?? null))?.dsn ?? '',
  ]);
  const variables = Object.entries(plan.variables).map(([name, value]) => `  ${name}=${value}`);
  await printResult(context, output, {
    kind: 'RunPlan',
    data: { ...plan },
    table: () =>
      [formatTable(['PORT', 'DATASET', 'CELL', 'STORE', 'AT', 'DSN'], rows), '', 'variables', ...variables].join('\n'),
  });
}
