import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../../failure.ts';
import type { Step } from '../../graph/step.ts';
import { writeAtomically } from '../../tools/atomic-file.ts';
import { withPostgres } from '../../tools/postgres.ts';
import type { WantedCell } from '../cell-steps/world.ts';
import { cellOf } from '../desired.ts';
import type { UpWish } from '../engine.ts';
import { wantedCells } from '../wanted.ts';
import { readOwnKubeconfig } from './kubeconfig.ts';
import { notServed } from './steps/crds.ts';
import type { K3dWorld } from './world.ts';

/** What `up` is to make. */
export interface CellsToMake {
  readonly cells: readonly WantedCell[];
  /** Whether the environment can have no others: only then may they be written down. */
  readonly all: boolean;
}

/**
 * The cells that `up` is to make: those asked for, those of the cluster, and where it does not run, those that it had. Their
 * data outlives the cluster on its volume, while their manifests go with its node.
 */
export async function cellsToMake(world: K3dWorld, { cells, stores }: UpWish): Promise<CellsToMake> {
  const opens = await isOpen(world);
  const before = (await readRemembered(world)) ?? (await (opens ? cellsWithData(world) : noneIfNew(world)));
  const found = opens && (await notServed(await world.kubernetes())) === undefined ? world.cells : undefined;
  return { cells: await wantedCells(found, world.id, cells, stores, before), all: before !== undefined };
}

/** Writes down what the cluster has to hold when it is made anew. */
export function rememberStep(cells: readonly WantedCell[]): Step<K3dWorld> {
  return {
    id: 'remember-cells',
    title: 'Note of its cells',
    needs: [],
    async check(world) {
      return isDeepStrictEqual(await readRemembered(world), cells)
        ? { done: true }
        : { done: false, why: 'it does not name these cells' };
    },
    run: ({ cellsFile }) => writeAtomically(cellsFile, `${JSON.stringify(cells, null, 2)}\n`),
  };
}

/** Takes cells out of the note, so that they do not come back. */
export function forgetStep(cells: readonly string[]): Step<K3dWorld> {
  const isForgotten = ({ name }: WantedCell) => !cells.includes(name);
  return {
    id: 'forget-cells',
    title: 'Take them out of the note of its cells',
    needs: [],
    async check(world) {
      return ((await readRemembered(world)) ?? []).every(isForgotten)
        ? { done: true }
        : { done: false, why: 'it names them' };
    },
    async run(world) {
      const left = ((await readRemembered(world)) ?? []).filter(isForgotten);
      await writeAtomically(world.cellsFile, `${JSON.stringify(left, null, 2)}\n`);
    },
  };
}

/** Undefined where the note is lost. */
async function readRemembered({ cellsFile }: K3dWorld): Promise<readonly WantedCell[] | undefined> {
  try {
    return JSON.parse(await readFile(cellsFile, 'utf8')) as readonly WantedCell[];
  } catch {
    return undefined;
  }
}

async function isOpen({ cluster, kubeconfigFile }: K3dWorld): Promise<boolean> {
  return cluster.isOpenedBy(await readOwnKubeconfig(kubeconfigFile, cluster.names.context));
}

async function noneIfNew({ cluster }: K3dWorld): Promise<readonly WantedCell[] | undefined> {
  return (await cluster.state()).kind === 'absent' ? [] : undefined;
}

/** The cells that have a database, which outlives both the note and the node; undefined where Postgres cannot tell. */
async function cellsWithData(world: K3dWorld): Promise<readonly WantedCell[] | undefined> {
  try {
    const { rows } = await withPostgres(await world.superuser(), (client) =>
      client.query<{ datname: string }>('SELECT datname FROM pg_database'),
    );
    return rows.flatMap(({ datname }) => cellOf(datname) ?? []).map((name) => ({ name, stores: [] }));
  } catch (error) {
    world.context.signal.throwIfAborted();
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
