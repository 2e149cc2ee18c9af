import type { Step } from '../../graph/step.ts';
import { cellSteps } from '../cell-steps/cell-steps.ts';
import { dropCellSteps } from '../cell-steps/drop-cell.ts';
import { type CellsToMake, forgetStep, rememberStep } from './remembered-cells.ts';
import { clusterStep } from './steps/cluster.ts';
import { controllerStep } from './steps/controller.ts';
import { crdsStep } from './steps/crds.ts';
import { identityStep } from './steps/identity.ts';
import { objectStoreStep, postgresStep } from './steps/infra.ts';
import { kubeconfigStep } from './steps/kubeconfig.ts';
import { infraNamespaceStep, systemNamespaceStep } from './steps/namespace.ts';
import { statusStep } from './steps/status.ts';
import { toolsStep } from './steps/tools.ts';
import { freeContextStep, mergeStep } from './steps/user-kubeconfig.ts';
import type { K3dWorld } from './world.ts';

/** What `dk dev up` makes true in a k3d environment. */
export function k3dRecipe(name: string, { cells, all }: CellsToMake, merge: boolean): readonly Step<K3dWorld>[] {
  return [
    ...(merge ? [freeContextStep, mergeStep] : []),
    ...clusterAndServers(name, merge ? ['tools', 'free-context'] : ['tools']),
    crdsStep,
    systemNamespaceStep,
    controllerStep,
    ...cells.flatMap((cell) => [...cellSteps(cell, ['crds']), statusStep(cell)]),
    ...(all ? [rememberStep(cells)] : []),
  ];
}

/** `dk dev down --delete --cell NAME`: the servers have to run for what they hold to be removed. */
export function removeCellRecipe(name: string, cells: readonly string[]): readonly Step<K3dWorld>[] {
  return [...clusterAndServers(name, ['tools']), ...cells.flatMap(dropCellSteps), forgetStep(cells)];
}

function clusterAndServers(name: string, needs: readonly string[]): readonly Step<K3dWorld>[] {
  return [
    toolsStep,
    clusterStep(name, needs),
    kubeconfigStep,
    identityStep,
    infraNamespaceStep,
    postgresStep,
    objectStoreStep,
  ];
}
