import type { Kubernetes, KubernetesObject } from '../tools/kubernetes.ts';

/** A cluster, with a count of what is written to it. */
export interface Counted {
  readonly kubernetes: Kubernetes;
  /** By verb and kind, such as `create Job`. */
  readonly writes: ReadonlyMap<string, number>;
}

export function countWrites(kubernetes: Kubernetes): Counted {
  const writes = new Map<string, number>();
  const count = (verb: string, kind: string) => {
    const key = `${verb} ${kind}`;
    writes.set(key, (writes.get(key) ?? 0) + 1);
  };
  const counting: Kubernetes = {
    ...kubernetes,
    create: (object, options) => {
      count('create', object.kind);
      return kubernetes.create(object, options);
    },
    write: <T extends KubernetesObject>(object: T, options: Parameters<Kubernetes['write']>[1]) => {
      count(options.part === 'status' ? 'status' : 'apply', object.kind);
      return kubernetes.write(object, options);
    },
    merge: (reference, patch, options) => {
      count('merge', reference.kind);
      return kubernetes.merge(reference, patch, options);
    },
    delete: (reference, options) => {
      count('delete', reference.kind);
      return kubernetes.delete(reference, options);
    },
  };
  return { kubernetes: counting, writes };
}
