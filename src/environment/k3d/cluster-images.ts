import { Failure } from '../../failure.ts';
import type { Docker } from '../../tools/docker.ts';
import type { K3d } from '../../tools/k3d.ts';
import { nodeHolds } from '../../tools/node-images.ts';
import type { ClusterNames } from './cluster-names.ts';

/** Copies images of the engine into the node, and looks that they arrived: k3d calls an import done that was none. */
export async function importImages(
  { docker, k3d, names }: { docker: Docker; k3d: K3d; names: ClusterNames },
  images: readonly string[],
): Promise<void> {
  await k3d.importImages(names.cluster, images);
  const held = await Promise.all(images.map((image) => nodeHolds(docker, names.server, image)));
  const missing = images.filter((_, index) => !held[index]);
  if (missing.length === 0) return;
  throw new Failure('unhealthy', {
    what: `${missing.join(', ')} did not arrive in ${names.cluster}`,
    why: 'k3d says that it imported them, and the node does not have them',
    next: `k3d image import --mode direct --cluster ${names.cluster} ${missing.join(' ')}`,
  });
}
