import { join } from 'node:path';
import type { Context } from '../context.ts';
import { Failure, reasonOf } from '../failure.ts';
import type { Listener } from '../graph/events.ts';
import { execute, type GraphResult } from '../graph/execute.ts';
import { createGraph } from '../graph/graph.ts';
import { type PlannedStep, plan } from '../graph/plan.ts';
import type { Package } from '../manifest/manifest.ts';
import { withLock } from '../tools/lock.ts';
import { preloadPostgres } from '../tools/postgres.ts';
import { PortTaken } from './embedded/port-taken.ts';
import { embeddedRecipe } from './embedded/recipe.ts';
import { type EmbeddedWorld, openWorld } from './embedded/world.ts';
import { devCommand } from './names.ts';
import { choosePorts, keepOrReplace } from './ports.ts';
import { type EnvironmentRecord, newRecord, readRecord, stateDirectory, writeRecord } from './state.ts';
import { storesOfPackage, wantedCells } from './wanted.ts';

export interface UpOptions {
  readonly name: string;
  /** Cells to make besides cell:local and those that exist. */
  readonly cells: readonly string[];
  /** The package in the current directory, whose Store names every cell is to have. */
  readonly package: Package | undefined;
  readonly waitLockMs: number;
  readonly tell: (line: string) => void;
}

/** What `up` made true. */
export interface UpResult {
  readonly record: EnvironmentRecord;
  readonly result: GraphResult;
}

/** Makes what is missing, repairs what has drifted, leaves the rest; every failure is in the Failure it ends with. */
export async function up(context: Context, options: UpOptions, listener: Listener): Promise<UpResult> {
  preloadPostgres();
  return withEnvironmentLock(context, options, `dev up --env ${options.name}`, () =>
    converge(context, options, listener).catch(async (error: unknown) => {
      throw error === context.signal.reason ? await whatGoesOn(context, options.name) : error;
    }),
  );
}

async function converge(context: Context, options: UpOptions, listener: Listener): Promise<UpResult> {
  for (let attempt = 1; ; attempt++) {
    const record = await prepareRecord(context, options);
    if (attempt > 1) options.tell('a port was taken just now: trying again');
    const world = openWorld(context, record);
    const graph = createGraph(await recipeFor(world, record, options));
    const result = await execute(graph, world, { signal: context.signal, listener });
    if (attempt === mostTries || !lostPort(result)) {
      throwUnlessOk(context, result, `Environment ${options.name} is not complete`);
      return { record, result };
    }
  }
}

/** When several choose the same ports at the same moment, each try leaves one of them fewer. */
const mostTries = 10;

/** Between being chosen and being used, a port may go to somebody else, who may even have left it again by now. */
function lostPort({ aborted, results }: GraphResult): boolean {
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  return !aborted && failed.length > 0 && failed.every(({ error }) => error instanceof PortTaken);
}

/** An interrupted `up` keeps the servers that it has started: that is said, and how to go on or to stop them. */
async function whatGoesOn(context: Context, name: string): Promise<unknown> {
  const { reason } = context.signal;
  const record = await readRecord(context, name);
  if (!(reason instanceof Failure) || !record) return reason;
  const { postgres, s3 } = await livingPorts(context, record);
  const why = [
    ...(postgres === undefined ? [] : [`PostgreSQL goes on, on 127.0.0.1:${postgres}`]),
    ...(s3 === undefined ? [] : [`The object store goes on, on 127.0.0.1:${s3}`]),
  ];
  const stop = `To stop ${why.length === 1 ? 'it' : 'them'}: ${devCommand(context, 'down', name)}`;
  const next = [`To go on: ${devCommand(context, 'up', name)}`, ...(why.length === 0 ? [] : [stop])];
  return new Failure(reason.kind, { what: reason.message, why, next });
}

/** What `up` would do; touches nothing, not even the lock. */
export async function planUp(context: Context, options: UpOptions): Promise<readonly PlannedStep[]> {
  const record = await desiredRecord(context, options);
  const world = openWorld(context, record);
  return plan(createGraph(await recipeFor(world, record, options)), world, context.signal);
}

interface LockWish {
  readonly name: string;
  readonly waitLockMs: number;
  readonly tell: (line: string) => void;
}

/** One `up` or `down` at a time for one environment. */
export function withEnvironmentLock<Result>(
  context: Context,
  { name, waitLockMs, tell }: LockWish,
  command: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const file = join(stateDirectory(context), 'locks', `${name}.lock`);
  return withLock(file, { command, waitMs: waitLockMs, signal: context.signal, onWait: tell }, work);
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

/** The record with ports that can be used; new ones are written down under a lock: no two environments choose the same. */
async function prepareRecord(context: Context, options: UpOptions): Promise<EnvironmentRecord> {
  const existing = await readRecord(context, options.name);
  if (existing && (await listensItself(context, existing))) return existing;
  return withEnvironmentLock(context, { ...options, name: '.ports' }, 'dev up', async () => {
    const record = await desiredRecord(context, options);
    await writeRecord(context, record);
    return record;
  });
}

async function listensItself(context: Context, record: EnvironmentRecord): Promise<boolean> {
  const { postgres, s3 } = await portsInUse(context, record);
  return postgres && s3;
}

async function desiredRecord(context: Context, { name, tell }: UpOptions): Promise<EnvironmentRecord> {
  const existing = await readRecord(context, name);
  if (!existing) return newRecord(name, 'embedded', await choosePorts(context), context.now());
  return keepOrReplace(context, existing, await portsInUse(context, existing), tell);
}

async function portsInUse(context: Context, record: EnvironmentRecord) {
  const { postgres, s3 } = await livingPorts(context, record);
  return { postgres: postgres === record.ports.postgres, s3: s3 === record.ports.s3 };
}

/** The ports of our own servers that live, whether they serve already or not. */
async function livingPorts(context: Context, record: EnvironmentRecord) {
  const { postgres, objectStore } = openWorld(context, record);
  return { postgres: await postgres.portOfProcess(), s3: await objectStore.portOfProcess() };
}

async function recipeFor(world: EmbeddedWorld, record: EnvironmentRecord, options: UpOptions) {
  const { wanted, notProvided } = storesOfPackage(options.package);
  for (const { name, connector } of notProvided) options.tell(`Store ${name}: ${connector} is not provided here`);
  return embeddedRecipe(await wantedCells(world.cells, record.id, options.cells, wanted));
}
