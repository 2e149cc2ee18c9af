import { text } from 'node:stream/consumers';
import type { Docker } from './docker.ts';

/** Whether a cluster's node, which is a container, holds an image. What the cluster itself tells of that is half a minute old. */
export async function nodeHolds({ client, ask }: Docker, node: string, image: string): Promise<boolean> {
  const name = fullName(image);
  const Cmd = ['ctr', '--namespace', 'k8s.io', 'images', 'ls', '--quiet', `name==${name}`];
  const names = await ask(`list the images of ${node}`, async () => {
    const exec = await client.getContainer(node).exec({ Cmd, AttachStdout: true, Tty: true });
    return text(await exec.start({ Tty: true }));
  });
  return names.includes(name);
}

/** As containerd calls it; names of Docker Hub are short otherwise. */
function fullName(image: string): string {
  const [first = '', ...rest] = image.split('/');
  if (rest.length > 0 && /[.:]|^localhost$/.test(first)) return image;
  return rest.length > 0 ? `docker.io/${image}` : `docker.io/library/${image}`;
}
