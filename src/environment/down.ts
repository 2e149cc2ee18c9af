import type { Context } from '../context.ts';
import type { Listener } from '../graph/events.ts';
import { execute, type GraphResult } from '../graph/execute.ts';
import { createGraph } from '../graph/graph.ts';
import type { Step } from '../graph/step.ts';
import { removeCellRecipe } from './embedded/remove-cell.ts';
import { deleteRecipe, stopRecipe, stopsOfWhatIsDown } from './embedded/stop.ts';
import { type EmbeddedWorld, openWorld } from './embedded/world.ts';
import { removeFiles, removeRuns } from './remove-rest.ts';
import { type EnvironmentRecord, listEnvironments, newRecord, readRecord, removeEmptyState } from './state.ts';
import { throwUnlessOk, withEnvironmentLock } from './up.ts';

interface DownOptions {
  readonly name: string;
  readonly waitLockMs: number;
  readonly tell: (line: string) => void;
}

/** Stops the servers and keeps all data; false where there is no such environment. */
export function stop(context: Context, options: DownOptions, listener: Listener): Promise<boolean> {
  return withRecord(context, options, 'dev down', (record) =>
    runAll(context, record, stopRecipe, listener, `Environment ${options.name} is not down`),
  );
}

/** Removes everything that `up` made, and looks that it is gone; false where there is no such environment. */
export function remove(context: Context, options: DownOptions, listener: Listener): Promise<boolean> {
  return withRecord(context, options, 'dev down --delete', (record) => {
    const before = [removeRuns(context, record), ...deleteRecipe];
    const last = removeFiles(
      context,
      record,
      before.map(({ id }) => id),
    );
    return runAll(context, record, [...before, last], listener, `Environment ${options.name} is not wholly removed`);
  });
}

/**
 * Removes cells with their databases, buckets, keys and Secrets, and nothing else. The servers have to run for that: those
 * that did not are stopped again, even after a failure, or after an abort, which the stopping does not heed.
 */
export function removeCells(
  context: Context,
  options: DownOptions & { readonly cells: readonly string[] },
  listener: Listener,
): Promise<boolean> {
  return withRecord(context, options, 'dev down --delete --cell', async (record) => {
    const world = openWorld(context, record);
    const stopAgain = await stopsOfWhatIsDown(world);
    const removed = await execute(createGraph(removeCellRecipe(options.cells)), world, {
      signal: context.signal,
      listener,
    });
    const stopped =
      stopAgain.length > 0 && (await execute(createGraph(stopAgain), world, { signal: unheard, listener }));
    throwUnlessOk(context, stopped ? both(removed, stopped) : removed, 'Not all of these cells are removed');
  });
}

/** For what has to be done after an abort too. */
const unheard = new AbortController().signal;

/** A failure of the second weighs more than an abort of the first. */
function both(first: GraphResult, second: GraphResult): GraphResult {
  return {
    ok: first.ok && second.ok,
    aborted: first.aborted && second.ok,
    results: [...first.results, ...second.results],
  };
}

async function withRecord(
  context: Context,
  options: DownOptions,
  command: string,
  work: (record: EnvironmentRecord) => Promise<void>,
): Promise<boolean> {
  const known = await withEnvironmentLock(context, options, `${command} --env ${options.name}`, async () => {
    const record = await recordOrFolder(context, options.name);
    if (record) await work(record);
    return record !== undefined;
  });
  await removeEmptyState(context);
  return known;
}

/**
 * The record; where it is lost or damaged and the folder is there, one that serves to stop and remove: servers are found
 * by what they write into the folder, not by the record.
 */
async function recordOrFolder(context: Context, name: string): Promise<EnvironmentRecord | undefined> {
  const record = await readRecord(context, name).catch(() => undefined);
  if (record || !(await listEnvironments(context)).includes(name)) return record;
  return newRecord(name, 'embedded', { postgres: 0, s3: 0 }, context.now());
}

async function runAll(
  context: Context,
  record: EnvironmentRecord,
  steps: readonly Step<EmbeddedWorld>[],
  listener: Listener,
  what: string,
): Promise<void> {
  const result = await execute(createGraph(steps), openWorld(context, record), { signal: context.signal, listener });
  throwUnlessOk(context, result, what);
}
