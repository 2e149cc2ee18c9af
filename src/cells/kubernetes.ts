import { gettingOnce } from '../tools/kubernetes-once.ts';
import { applyCell, deleteCell } from './kubernetes-cells.ts';
import { openKubernetesConfigMaps, openKubernetesSecrets } from './kubernetes-data.ts';
import { asApplied, findCell, type KubernetesPlace } from './kubernetes-place.ts';
import { applyStore, deleteStore, findStore } from './kubernetes-stores.ts';
import { summarizeCells, summarizeStores } from './kubernetes-summaries.ts';
import type { CellRepository } from './repository.ts';

/** Cells as custom resources of a cluster, with their Stores, Secrets and ConfigMaps in the namespace that each of them names. */
export function openKubernetesCells(place: KubernetesPlace): CellRepository {
  return {
    where: place.where,
    secrets: openKubernetesSecrets(place),
    configMaps: openKubernetesConfigMaps(place),
    snapshot: () => openKubernetesCells({ ...place, kubernetes: gettingOnce(place.kubernetes) }),
    list: (wanted) => summarizeCells(place, wanted?.probe === true),
    async get(name) {
      const cell = await findCell(place, name);
      return cell && asApplied(cell);
    },
    stores: (cell, wanted) => summarizeStores(place, cell, wanted?.probe === true),
    store: (cell, name) => findStore(place, cell, name),
    applyCell: (cell) => applyCell(place, cell),
    applyStore: (cell, store) => applyStore(place, cell, store),
    deleteStore: (cell, name) => deleteStore(place, cell, name),
    deleteCell: (cell) => deleteCell(place, cell),
  };
}
