import type { Context } from '../context.ts';
import { Failure, reasonOf } from '../failure.ts';
import type { Listener } from '../graph/events.ts';
import { execute, type GraphResult } from '../graph/execute.ts';
import { createGraph } from '../graph/graph.ts';
import { type PlannedStep, plan } from '../graph/plan.ts';
import type { Package } from '../manifest/manifest.ts';
import { preloadPostgres } from '../tools/postgres.ts';
import { driverOf } from './engine.ts';
import { devCommand } from './names.ts';
import { PortTaken } from './port-taken.ts';
import { desiredRecord, prepareRecord, type RecordWish, withEnvironmentLock } from './record.ts';
import { type EnvironmentRecord, readRecord } from './state.ts';
import { storesOfPackage } from './wanted.ts';

export interface UpOptions extends RecordWish {
  /** Cells to make besides cell:local and those that exist. */
  readonly cells: readonly string[];
  /** The package in the current directory, whose Store names every cell is to have. */
  readonly package: Package | undefined;
  /** Whether the user's own kubeconfig is to know the cluster, where there is one. */
  readonly merge: boolean;
}

/** What `up` made true. */
export interface UpResult {
  readonly record: EnvironmentRecord;
  readonly result: GraphResult;
}

/** Makes what is missing, repairs what has drifted, leaves the rest; every failure is in the Failure it ends with. */
export async function up(context: Context, options: UpOptions, listener: Listener): Promise<UpResult> {
  preloadPostgres();
  tellNotProvided(options);
  return withEnvironmentLock(context, options, `dev up --env ${options.name}`, () =>
    converge(context, options, listener).catch(async (error: unknown) => {
      throw error === context.signal.reason ? await whatGoesOn(context, options.name) : error;
    }),
  );
}

/** What `up` would do; touches nothing, not even the lock. */
export async function planUp(context: Context, options: UpOptions): Promise<readonly PlannedStep[]> {
  tellNotProvided(options);
  const record = await desiredRecord(context, options);
  return plan(createGraph(await recipeFor(context, record, options)), undefined, context.signal);
}

async function converge(context: Context, options: UpOptions, listener: Listener): Promise<UpResult> {
  for (let attempt = 1; ; attempt++) {
    const record = await prepareRecord(context, options);
    const steps = await recipeFor(context, record, options);
    const result = await execute(createGraph(steps), undefined, { signal: context.signal, listener });
    const again = attempt === mostTries ? undefined : await whyAgain(context, { record, result }, options);
    if (again === undefined) {
      throwUnlessOk(context, result, `Environment ${options.name} is not complete`);
      return { record, result };
    }
    options.tell(again);
  }
}

async function whyAgain(
  context: Context,
  { record, result }: UpResult,
  options: UpOptions,
): Promise<string | undefined> {
  if (lostPort(result)) return 'a port was taken just now: trying again';
  if (!result.ok || result.results.every(({ outcome }) => outcome === 'unchanged')) return undefined;
  // What was started may hold more than could be known while it was stopped.
  const done = new Set(result.results.map(({ step }) => step));
  const more = (await recipeFor(context, record, options)).filter(({ id }) => !done.has(id));
  return more.length === 0 ? undefined : 'it holds more than was known: making that right too';
}

/** When several choose the same ports at the same moment, each try leaves one of them fewer. */
const mostTries = 10;

/** Between being chosen and being used, a port may go to somebody else, who may even have left it again by now. */
function lostPort({ aborted, results }: GraphResult): boolean {
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  return !aborted && failed.length > 0 && failed.every(({ error }) => error instanceof PortTaken);
}

function tellNotProvided({ package: pkg, tell }: UpOptions): void {
  const { notProvided } = storesOfPackage(pkg);
  for (const { name, connector } of notProvided) tell(`Store ${name}: ${connector} is not provided here`);
}

async function recipeFor(context: Context, record: EnvironmentRecord, options: UpOptions) {
  const { wanted } = storesOfPackage(options.package);
  const driver = await driverOf(record.engine);
  return driver.up(context, record, { cells: options.cells, stores: wanted, merge: options.merge });
}

/** An interrupted `up` keeps the servers that it has started: that is said, and how to go on or to stop them. */
async function whatGoesOn(context: Context, name: string): Promise<unknown> {
  const { reason } = context.signal;
  const record = await readRecord(context, name);
  if (!(reason instanceof Failure) || !record) return reason;
  // Asked after the abort, which the question must not heed.
  const why = await (await driverOf(record.engine)).goingOn(
    { ...context, signal: new AbortController().signal },
    record,
  );
  const stop = `To stop ${why.length === 1 ? 'it' : 'them'}: ${devCommand(context, 'down', name)}`;
  const next = [`To go on: ${devCommand(context, 'up', name)}`, ...(why.length === 0 ? [] : [stop])];
  return new Failure(reason.kind, { what: reason.message, why, next });
}

/** All that failed, in one Failure; nothing when all is well. */
export function throwUnlessOk(context: Context, { ok, aborted, results }: GraphResult, what: string): void {
  if (ok) return;
  if (aborted) throw context.signal.reason;
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  const causes = failed.map(({ error }) => error);
  const known = causes.filter((error) => error instanceof Failure);
  if (known.length < causes.length) throw causes.find((error) => !(error instanceof Failure));
  throw new Failure(known[0]?.kind ?? 'unhealthy', {
    what,
    why: failed.map(({ title, error }) => `${title}: ${reasonOf(error)}`),
    next: [...new Set(known.flatMap(({ next }) => next))],
    cause: new AggregateError(causes),
  });
}
