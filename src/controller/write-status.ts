import type { KubernetesObject } from '../tools/kubernetes.ts';
import { kubernetesReasonOf } from '../tools/kubernetes-fault.ts';
import { manager, type Shared } from './loop.ts';
import type { ObjectCache } from './object-cache.ts';

/** Writes the status of a resource, and notes in the cache what came of it; false where it was deleted meanwhile. */
export async function writeStatus<T extends KubernetesObject>(
  { kubernetes }: Pick<Shared, 'kubernetes'>,
  cache: ObjectCache<T>,
  { apiVersion, kind, metadata: { name, namespace } }: T,
  status: object,
): Promise<boolean> {
  const target = { apiVersion, kind, metadata: namespace === undefined ? { name } : { name, namespace }, status };
  try {
    const written = await kubernetes.write<KubernetesObject>(target, { manager, part: 'status' });
    // The server answers with the whole resource.
    cache.record(written as T);
    return true;
  } catch (error) {
    const reason = kubernetesReasonOf(error);
    if (reason === 'notFound' || reason === 'terminating') return false;
    throw error;
  }
}
