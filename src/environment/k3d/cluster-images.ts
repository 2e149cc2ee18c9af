import { Failure } from '../../failure.ts';
import type { Docker } from '../../tools/docker.ts';
import { execInContainer } from '../../tools/docker-exec.ts';
import type { K3d } from '../../tools/k3d.ts';
import type { ClusterNames } from './cluster-names.ts';

/** Copies images of the engine into the node, and looks that they arrived: k3d calls an import done that was none. */
export async function importImages(
  { docker, k3d, names }: { docker: Docker; k3d: K3d; names: ClusterNames },
  images: readonly string[],
): Promise<void> {
  await k3d.importImages(names.cluster, images);
  const list = ['ctr', '--namespace', 'k8s.io', 'images', 'ls', '--quiet'];
  const { output } = await execInContainer(docker, names.server, list);
  const present = new Set(output.split('\n'));
  const missing = images.filter((image) => !present.has(fullName(image)));
  if (missing.length === 0) return;
  throw new Failure('unhealthy', {
    what: `${missing.join(', ')} did not arrive in ${names.cluster}`,
    why: 'k3d says that it imported them, and the node does not have them',
    next: `k3d image import --mode direct --cluster ${names.cluster} ${missing.join(' ')}`,
  });
}

/** As the node calls an image: with the registry and the tag that docker leaves away. */
export function fullName(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = hasRegistry ? image : `docker.io/${rest.length > 0 ? '' : 'library/'}${image}`;
  return /:[^/]*$/.test(path) ? path : `${path}:latest`;
}
