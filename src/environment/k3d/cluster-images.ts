import { Failure, type FailureKind } from '../../failure.ts';
import type { Docker } from '../../tools/docker.ts';
import type { K3d } from '../../tools/k3d.ts';
import { nodeHolds } from '../../tools/node-images.ts';
import type { ClusterNames } from './cluster-names.ts';

interface Ways {
  readonly docker: Docker;
  readonly k3d: K3d;
  readonly names: ClusterNames;
}

/** k3d's import breaks off now and then, with nothing wrong on either side. */
const attempts = 3;
const hopeless: readonly FailureKind[] = ['interrupted', 'prerequisite'];

/** Copies images of the engine into the node, and looks that they arrived: k3d calls an import done that was none. */
export async function importImages(ways: Ways, images: readonly string[]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt === attempts;
    await ways.k3d.importImages(ways.names.cluster, images).catch((error) => {
      if (isLast || !(error instanceof Failure) || hopeless.includes(error.kind)) throw error;
    });
    const missing = await missingOf(ways, images);
    if (missing.length === 0) return;
    if (isLast) throw didNotArrive(ways.names.cluster, missing);
  }
}

async function missingOf({ docker, names }: Ways, images: readonly string[]): Promise<readonly string[]> {
  const held = await Promise.all(images.map((image) => nodeHolds(docker, names.server, image)));
  return images.filter((_, index) => !held[index]);
}

function didNotArrive(cluster: string, images: readonly string[]): Failure {
  return new Failure('unhealthy', {
    what: `${images.join(', ')} did not arrive in ${cluster}`,
    why: 'k3d says that it imported them, and the node does not have them',
    next: `k3d image import --mode direct --cluster ${cluster} ${images.join(' ')}`,
  });
}
