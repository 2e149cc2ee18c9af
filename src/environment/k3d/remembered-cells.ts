import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Step } from '../../graph/step.ts';
import { writeAtomically } from '../../tools/atomic-file.ts';
import type { WantedCell } from '../cell-steps/world.ts';
import type { UpWish } from '../engine.ts';
import { wantedCells } from '../wanted.ts';
import { readOwnKubeconfig } from './kubeconfig.ts';
import type { K3dWorld } from './world.ts';

/**
 * The cells that `up` is to make: those asked for, those of the cluster, and where it does not run, those that it had. Their
 * data outlives the cluster on its volume, while their manifests go with its node.
 */
export async function cellsToMake(world: K3dWorld, { cells, stores }: UpWish): Promise<readonly WantedCell[]> {
  const remembered = await readRemembered(world);
  const found = (await servesCells(world)) ? world.cells : undefined;
  return wantedCells(found, world.id, cells, stores, remembered);
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
      return (await readRemembered(world)).every(isForgotten) ? { done: true } : { done: false, why: 'it names them' };
    },
    async run(world) {
      const left = (await readRemembered(world)).filter(isForgotten);
      await writeAtomically(world.cellsFile, `${JSON.stringify(left, null, 2)}\n`);
    },
  };
}

/** Nothing where the note is lost: a cluster that runs tells it by itself. */
async function readRemembered({ cellsFile }: K3dWorld): Promise<readonly WantedCell[]> {
  const text = await readFile(cellsFile, 'utf8').catch(() => '[]');
  try {
    return JSON.parse(text) as readonly WantedCell[];
  } catch {
    return [];
  }
}

async function servesCells({ cluster, kubernetes, kubeconfigFile }: K3dWorld): Promise<boolean> {
  if ((await cluster.state()).kind !== 'running') return false;
  if ((await readOwnKubeconfig(kubeconfigFile)) === undefined) return false;
  return (await kubernetes()).serves('Cell');
}
