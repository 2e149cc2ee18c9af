import type { Docker } from './docker.ts';
import { execInContainer } from './docker-exec.ts';

/** Whether a cluster's node, which is a container, holds an image. What the cluster itself tells of that is half a minute old. */
export async function nodeHolds(docker: Docker, node: string, image: string): Promise<boolean> {
  const { output } = await execInContainer(docker, node, ['ctr', '--namespace', 'k8s.io', 'images', 'ls', '--quiet']);
  return output.split('\n').includes(fullName(image));
}

/** As the node calls an image: with the registry and the tag that docker leaves away. */
export function fullName(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = hasRegistry ? image : `docker.io/${rest.length > 0 ? '' : 'library/'}${image}`;
  return /:[^/]*$/.test(path) ? path : `${path}:latest`;
}
