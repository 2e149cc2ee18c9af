import type { CellRepository } from '../cells/repository.ts';
import type { Context } from '../context.ts';
import { declaredCells, type Place, resolvePlaces } from '../data/place.ts';
import type { Listener } from '../graph/events.ts';
import { execute } from '../graph/execute.ts';
import { createGraph } from '../graph/graph.ts';
import type { Package } from '../manifest/manifest.ts';
import { type ChosenSeed, chooseSeeds } from './choose.ts';
import { throwFailures } from './failures.ts';
import { requireOurs } from './ours.ts';
import { openSources } from './source.ts';
import { type Account, seedStep } from './step.ts';
import { checkTargets, planTask, type SeedTask } from './task.ts';

export interface SeedOptions {
  readonly pkg: Package;
  /** Of the environment. */
  readonly cells: CellRepository;
  /** Uuid: only Stores that carry it are filled. */
  readonly environmentId: string;
  /** The deployment's cell. */
  readonly cell: string;
  readonly profile?: string | undefined;
  /** Empties each table and prefix before it is loaded, whoever filled it. */
  readonly clean?: boolean;
  readonly onProgress?: Listener;
}

/** What became of one data set's seed. */
export interface SeedResult {
  readonly dataset: string;
  readonly cell: string;
  readonly store: string;
  /** Null for a file in a bucket, whose rows nobody counts. */
  readonly rows: number | null;
  /** Null for a table. */
  readonly objects: number | null;
  /** Of the seed. */
  readonly bytes: number;
  readonly result: 'loaded' | 'unchanged';
  readonly milliseconds: number;
}

/** Loads the seeds of a package's data sets where they are not yet; every failure is in the Failure it ends with. */
export async function seedPackage(context: Context, options: SeedOptions): Promise<readonly SeedResult[]> {
  const chosen = chooseSeeds(options.pkg, options.profile);
  if (chosen.length === 0) return [];
  const places = await findPlaces(context, options, chosen);
  for (const place of places) await requireOurs(options.cells, options.environmentId, place);
  const tasks = await Promise.all(places.map((place) => prepare(context, options, chosen, place)));
  checkTargets(tasks);
  const accounts = new Map<SeedTask, Account>();
  const steps = tasks.map((task) => seedStep(task, (account) => accounts.set(task, account)));
  const milliseconds = new Map<string, number>();
  const listener: Listener = (event) => {
    if (event.type === 'step-finished') milliseconds.set(event.step, event.milliseconds);
    options.onProgress?.(event);
  };
  throwFailures(context, await execute(createGraph(steps), undefined, { signal: context.signal, listener }));
  return tasks.flatMap((task, index) => {
    const account = accounts.get(task);
    return account ? [describe(task, account, milliseconds.get(steps[index]?.id ?? '') ?? 0)] : [];
  });
}

/** Each data set in every cell in which the package's inputs and outputs have it. */
async function findPlaces(context: Context, { pkg, cells, cell }: SeedOptions, chosen: readonly ChosenSeed[]) {
  const wanted = chosen.flatMap(({ manifest }) => {
    const dataset = manifest.value.metadata.name;
    return declaredCells(pkg, dataset).map((declared) => ({ dataset, cell: declared }));
  });
  const keys = { env: {}, dotEnv: {}, local: undefined };
  const where = { cell, cells: async () => cells, keys, reach: 'host' as const };
  const { places, secretValues } = await resolvePlaces(pkg, wanted, where);
  context.secrets.add(secretValues);
  return places;
}

async function prepare(context: Context, options: SeedOptions, chosen: readonly ChosenSeed[], place: Place) {
  const seed = chosen.find(({ manifest }) => manifest === place.manifest);
  const { cwd, signal } = context;
  const sources = seed ? await openSources(seed, { directory: options.pkg.directory, cwd, signal }) : [];
  return planTask(place, sources, options.clean ?? false);
}

function describe({ place, bytes }: SeedTask, { held, loaded }: Account, milliseconds: number): SeedResult {
  const { dataset, store, cell = '' } = place.port;
  return { dataset, cell, store, ...held, bytes, result: loaded ? 'loaded' : 'unchanged', milliseconds };
}
