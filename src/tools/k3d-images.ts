import { text } from 'node:stream/consumers';
import { Failure } from '../failure.ts';
import type { Docker } from './docker.ts';
import type { K3d } from './k3d.ts';

/** A cluster of k3d, and the container of its one node. */
interface Node {
  readonly cluster: string;
  readonly container: string;
}

/** The images that a cluster of k3d holds. */
export function openK3dImages(docker: Docker, k3d: Pick<K3d, 'importImages'>, { cluster, container }: Node) {
  const images = {
    holds: (reference: string) => nodeHolds(docker, container, reference),
    /** Copies an image of the engine into the node. */
    async bring(reference: string): Promise<void> {
      await k3d.importImages(cluster, [reference]);
      // k3d ends well, whatever became of the import.
      if (await images.holds(reference)) return;
      throw new Failure('unhealthy', {
        what: `Image ${reference} did not come to cluster ${cluster}`,
        why: 'k3d imported it, and the node does not have it',
        next: `k3d image import --mode direct --cluster ${cluster} ${reference}`,
      });
    },
  };
  return images;
}

/** Asks the node itself: what the cluster tells of its nodes' images is half a minute old. */
export async function nodeHolds({ client, ask }: Docker, container: string, reference: string): Promise<boolean> {
  const Cmd = ['ctr', '--namespace', 'k8s.io', 'images', 'ls', '--quiet', `name==${fullName(reference)}`];
  const names = await ask(`list the images of ${container}`, async () => {
    const exec = await client.getContainer(container).exec({ Cmd, AttachStdout: true, Tty: true });
    return text(await exec.start({ Tty: true }));
  });
  return names.includes(fullName(reference));
}

/** As containerd calls it; names of Docker Hub are short otherwise. */
function fullName(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  if (rest.length > 0 && /[.:]|^localhost$/.test(first)) return reference;
  return rest.length > 0 ? `docker.io/${reference}` : `docker.io/library/${reference}`;
}
