import { openKubernetesCells } from '../cells/kubernetes.ts';
import type { CellRepository } from '../cells/repository.ts';
import type { Kubernetes, KubernetesObject } from '../tools/kubernetes.ts';
import type { ObjectReference, Selection } from '../tools/kubernetes-object.ts';
import type { Caches } from './watch.ts';

/** The cells as they are known, and what of them was asked for. */
export interface CellReading {
  readonly cells: CellRepository;
  /** Such as `Store dk-canary/warehouse` or `Cell canary`; what was not there, too. */
  readonly read: ReadonlySet<string>;
}

/** Reads cells from caches; what Secrets and ConfigMaps hold is asked of `data`. */
export function readCells(
  kubernetes: Kubernetes,
  caches: Caches,
  data: (reference: ObjectReference) => Promise<KubernetesObject | undefined>,
  onRead: (thing: string) => void,
): CellReading {
  const read = new Set<string>();
  const find = (reference: ObjectReference): Promise<KubernetesObject | undefined> => {
    const { kind, name, namespace } = reference;
    const key = namespace === undefined ? name : `${namespace}/${name}`;
    read.add(`${kind} ${key}`);
    onRead(`${kind} ${key}`);
    switch (kind) {
      case 'Cell':
        return Promise.resolve(caches.cells.get(key));
      case 'Store':
        return Promise.resolve(caches.stores.get(key));
      case 'Secret':
      case 'ConfigMap':
        return data(reference);
      default:
        return kubernetes.get(reference);
    }
  };
  const list = ({ kind, namespace }: Selection): readonly KubernetesObject[] => {
    if (kind === 'Cell') return caches.cells.all();
    if (kind === 'Store') return namespace === undefined ? caches.stores.all() : caches.stores.in(namespace);
    throw new Error(`nobody lists ${kind}s to resolve a package`);
  };
  const cached: Kubernetes = {
    ...kubernetes,
    // Types of objects are the caller's word, as with the cluster itself.
    get: <T extends KubernetesObject>(reference: ObjectReference) => find(reference) as Promise<T | undefined>,
    list: async <T extends KubernetesObject>(selection: Selection) => list(selection) as readonly T[],
  };
  return { cells: openKubernetesCells({ kubernetes: cached, where: 'this cluster' }), read };
}
