import type { Kubernetes, KubernetesObject } from '../tools/kubernetes.ts';
import type { ObjectReference } from '../tools/kubernetes-object.ts';
import { keyOf, type ObjectCache } from './object-cache.ts';
import type { Caches } from './watch.ts';

/** What Secrets and ConfigMaps hold, of those that were asked for; each is read again only once it has changed. */
export type ReadData = (reference: ObjectReference) => Promise<KubernetesObject | undefined>;

interface Known {
  readonly version: string | undefined;
  readonly object: Promise<KubernetesObject | undefined>;
}

export function openData(
  kubernetes: Kubernetes,
  { secrets, configMaps }: Pick<Caches, 'secrets' | 'configMaps'>,
): ReadData {
  const [ofSecrets, ofConfigMaps] = [remember(kubernetes, secrets), remember(kubernetes, configMaps)];
  return (reference) => (reference.kind === 'Secret' ? ofSecrets : ofConfigMaps)(reference);
}

function remember(kubernetes: Kubernetes, cache: ObjectCache<KubernetesObject>): ReadData {
  const known = new Map<string, Known>();
  cache.listen(({ key }) => known.delete(key));
  return async (reference) => {
    const { name, namespace = '' } = reference;
    const found = cache.get(`${namespace}/${name}`);
    if (!found) return undefined;
    const [key, version] = [keyOf(found), found.metadata.resourceVersion];
    const old = known.get(key);
    if (old?.version === version && old) return old.object;
    const object = kubernetes.get(reference);
    known.set(key, { version, object });
    object.catch(() => known.delete(key));
    return object;
  };
}
