import { controllerImage, controllerReference } from '../../../controller/image/controller-image.ts';
import type { Step } from '../../../graph/step.ts';
import { ensureOwnImage, type OwnImage } from '../../../launch/image/own-image.ts';
import { openDocker } from '../../../tools/docker.ts';
import { nodeHolds } from '../../../tools/node-images.ts';
import { controllerFault, waitForController } from '../controller-rollout.ts';
import { inOrder, withImage } from '../infra.ts';
import type { K3dWorld } from '../world.ts';

const rolloutMs = 300_000;

/** The controller, made of this very dk: what is deployed to the cells is its work, and their status is its word. */
export const controllerStep: Step<K3dWorld> = {
  id: 'controller',
  title: 'Controller',
  needs: ['crds', 'system-namespace'],
  async check(world) {
    const api = await world.kubernetes();
    const objects = await objectsOf(world, await controllerReference(world.context, world.memory));
    const whys = await Promise.all([
      ...objects.map((object) => api.wouldChange(object, { force: true })),
      controllerFault(api, world.context.now()),
    ]);
    const why = whys.find((each) => each !== undefined);
    return why === undefined ? { done: true } : { done: false, why };
  },
  async run(world, { signal, say }) {
    const image = await controllerImage(world.context);
    await bringImage(world, image, say);
    const api = await world.kubernetes();
    for (const object of await objectsOf(world, image.reference)) await api.apply(object, { force: true, signal });
    await waitForController(api, world.context.now, { timeoutMs: rolloutMs, say, signal });
  },
};

async function objectsOf({ manifests }: K3dWorld, image: string) {
  return inOrder(await manifests('controller')).map((object) => withImage(object, 'controller', image));
}

/** Into the node, unless it is there: nothing pulls it. */
async function bringImage({ context, cluster }: K3dWorld, image: OwnImage, say: (what: string) => void): Promise<void> {
  const docker = await openDocker(context);
  if (await nodeHolds(docker, cluster.names.server, image.reference)) return;
  await ensureOwnImage(docker, image, say);
  say(`bringing image ${image.reference} into the cluster`);
  await cluster.importImage(image.reference);
}
