import { Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { Failure, reasonOf } from '../failure.ts';
import type { Docker } from './docker.ts';
import { execInContainer } from './docker-exec.ts';

const importMs = 600_000;
const ctr = ['ctr', '--namespace', 'k8s.io', 'images'];

/** Whether a cluster's node, which is a container, holds an image. What the cluster itself tells of that is half a minute old. */
export async function nodeHolds(docker: Docker, node: string, image: string): Promise<boolean> {
  const { output } = await execInContainer(docker, node, [...ctr, 'ls', '--quiet']);
  return output.split('\n').includes(fullName(image));
}

/**
 * Streams an image of the engine into a cluster's node, without a copy on disk or in memory; a Failure unless it is there
 * afterwards. `k3d image import` does the same, breaks off now and then (`use of closed network connection`), and calls an
 * import done that was none.
 */
export async function importImage(docker: Docker, node: string, image: string): Promise<void> {
  const { client, ask } = docker;
  const said = await ask(
    `copy image ${image} into ${node}`,
    async (abortSignal) => {
      // The archive of an image that is not there may be an empty one.
      await client.getImage(image).inspect();
      return pipeIntoNode(await client.getImage(image).get(), client, node, abortSignal);
    },
    importMs,
  );
  if (await nodeHolds(docker, node, image)) return;
  throw new Failure('unhealthy', {
    what: `Image ${image} did not arrive in ${node}`,
    why: said.trim().split('\n').slice(-3),
    next: `docker save ${image} | docker exec -i ${node} ${ctr.join(' ')} import -`,
  });
}

/** Gives what was said of it: what ctr says of an import that it gave up tells more than that it no longer listened. */
async function pipeIntoNode(
  archive: NodeJS.ReadableStream,
  client: Docker['client'],
  node: string,
  abortSignal: AbortSignal,
) {
  const attached = { AttachStdin: true, AttachStdout: true, AttachStderr: true };
  const exec = await client.getContainer(node).exec({ Cmd: [...ctr, 'import', '-'], ...attached, abortSignal });
  const stream = await exec.start({ hijack: true, stdin: true });
  const words = new Words();
  client.modem.demuxStream(stream, words, words);
  const over = new AbortController();
  const sent = pipeline(archive, stream, { signal: AbortSignal.any([abortSignal, over.signal]) }).then(
    () => '',
    (error: unknown) => reasonOf(error),
  );
  // Where ctr gave up, nobody takes the rest of the archive any more, and nothing tells the sender.
  await finished(stream, { writable: false, signal: abortSignal }).catch(() => {});
  over.abort();
  abortSignal.throwIfAborted();
  return words.text || (await sent);
}

/** What a program in a container wrote. */
class Words extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** As the node calls an image: with the registry and the tag that docker leaves away. */
export function fullName(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = hasRegistry ? image : `docker.io/${rest.length > 0 ? '' : 'library/'}${image}`;
  return /:[^/]*$/.test(path) ? path : `${path}:latest`;
}
