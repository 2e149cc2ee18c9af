import type { Context } from '../context.ts';
import type { Listener } from '../graph/events.ts';
import { execute, type GraphResult } from '../graph/execute.ts';
import { createGraph } from '../graph/graph.ts';
import type { Step } from '../graph/step.ts';
import { driverOf, type EngineDriver } from './engine.ts';
import { type LockWish, recordToStop, withEnvironmentLock } from './record.ts';
import { removeFiles, removeRuns } from './remove-rest.ts';
import { type EnvironmentRecord, removeEmptyState } from './state.ts';
import { throwUnlessOk } from './up.ts';

/** Stops the servers and keeps all data; false where there is no such environment. */
export function stop(context: Context, wish: LockWish, listener: Listener): Promise<boolean> {
  return withRecord(context, wish, 'dev down', async (record, driver) => {
    const steps = await driver.stop(context, record);
    throwUnlessOk(context, await runAll(context.signal, steps, listener), `Environment ${wish.name} is not down`);
  });
}

/** Removes everything that `up` made, and looks that it is gone; false where there is no such environment. */
export function remove(context: Context, wish: LockWish, listener: Listener): Promise<boolean> {
  return withRecord(context, wish, 'dev down --delete', async (record, driver) => {
    const runs = removeRuns(context, record);
    // What runs in a cluster, or on its network, has to end before that goes.
    const servers = (await driver.remove(context, record)).map((step) => ({
      ...step,
      needs: [...step.needs, runs.id],
    }));
    const ids = [runs, ...servers].map(({ id }) => id);
    const steps = [runs, ...servers, removeFiles(context, record, ids)];
    const result = await runAll(context.signal, steps, listener);
    throwUnlessOk(context, result, `Environment ${wish.name} is not wholly removed`);
  });
}

/**
 * Removes cells with their databases, buckets, keys and Secrets, and nothing else. The servers have to run for that: those
 * that did not are stopped again, even after a failure, or after an abort, which the stopping does not heed.
 */
export function removeCells(
  context: Context,
  { cells, ...wish }: LockWish & { readonly cells: readonly string[] },
  listener: Listener,
): Promise<boolean> {
  return withRecord(context, wish, 'dev down --delete --cell', async (record, driver) => {
    const stopAgain = await whatIsDone(await driver.stop({ ...context, signal: unheard }, record));
    const removed = await runAll(context.signal, await driver.removeCells(context, record, cells), listener);
    const stopped = stopAgain.length > 0 && (await runAll(unheard, stopAgain, listener));
    throwUnlessOk(context, stopped ? both(removed, stopped) : removed, 'Not all of these cells are removed');
  });
}

/** For what has to be done after an abort too. */
const unheard = new AbortController().signal;

/** The steps that have nothing to do now. */
async function whatIsDone(steps: readonly Step<unknown>[]): Promise<readonly Step<unknown>[]> {
  const checked = await Promise.all(steps.map((step) => step.check(undefined, unheard)));
  return steps.filter((_, index) => checked[index]?.done);
}

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
  wish: LockWish,
  command: string,
  work: (record: EnvironmentRecord, driver: EngineDriver) => Promise<void>,
): Promise<boolean> {
  const known = await withEnvironmentLock(context, wish, `${command} --env ${wish.name}`, async () => {
    const record = await recordToStop(context, wish.name);
    if (record) await work(record, await driverOf(record.engine));
    return record !== undefined;
  });
  await removeEmptyState(context);
  return known;
}

function runAll(signal: AbortSignal, steps: readonly Step<unknown>[], listener: Listener): Promise<GraphResult> {
  return execute(createGraph(steps), undefined, { signal, listener });
}
