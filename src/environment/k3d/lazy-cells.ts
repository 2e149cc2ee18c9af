import { openKubernetesCells } from '../../cells/kubernetes.ts';
import type { KubernetesPlace } from '../../cells/kubernetes-place.ts';
import type { CellRepository } from '../../cells/repository.ts';

/** The cells of a cluster that may not be there yet: each call opens it anew, as it may have been made anew in between. */
export function lazyCells(where: string, place: () => Promise<KubernetesPlace>): CellRepository {
  return lazy(where, async () => openKubernetesCells(await place()));
}

function lazy(where: string, open: () => Promise<CellRepository>): CellRepository {
  return {
    where,
    snapshot() {
      let opened: Promise<CellRepository> | undefined;
      return lazy(where, () => {
        opened ??= open().then((cells) => cells.snapshot());
        return opened;
      });
    },
    secrets: {
      read: async (cell, secret) => (await open()).secrets.read(cell, secret),
      list: async (cell) => (await open()).secrets.list(cell),
      set: async (cell, secret, values) => (await open()).secrets.set(cell, secret, values),
      unset: async (cell, secret, key) => (await open()).secrets.unset(cell, secret, key),
    },
    configMaps: {
      read: async (cell, name) => (await open()).configMaps.read(cell, name),
      list: async (cell) => (await open()).configMaps.list(cell),
      apply: async (cell, name, values) => (await open()).configMaps.apply(cell, name, values),
    },
    list: async (options) => (await open()).list(options),
    get: async (cell) => (await open()).get(cell),
    stores: async (cell, options) => (await open()).stores(cell, options),
    store: async (cell, name) => (await open()).store(cell, name),
    applyCell: async (cell) => (await open()).applyCell(cell),
    applyStore: async (cell, store) => (await open()).applyStore(cell, store),
    deleteStore: async (cell, name) => (await open()).deleteStore(cell, name),
    deleteCell: async (cell) => (await open()).deleteCell(cell),
  };
}
