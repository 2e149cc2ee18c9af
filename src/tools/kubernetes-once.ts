import type { Kubernetes } from './kubernetes.ts';
import type { KubernetesObject, ObjectReference } from './kubernetes-object.ts';

/** The same cluster, each object of which is got once at most: whoever reads twice sees the same, and does not wait again. */
export function gettingOnce(kubernetes: Kubernetes): Kubernetes {
  const got = new Map<string, Promise<KubernetesObject | undefined>>();
  const get = <T extends KubernetesObject>(reference: ObjectReference): Promise<T | undefined> => {
    const { kind, namespace, name } = reference;
    const key = JSON.stringify([kind, namespace, name]);
    const known = got.get(key) ?? kubernetes.get<T>(reference);
    got.set(key, known);
    // Types of objects are the caller's word, here too.
    return known as Promise<T | undefined>;
  };
  return { ...kubernetes, get };
}
