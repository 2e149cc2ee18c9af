import { platform } from 'node:os';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { parseQuantity } from '../manifest/grammar/quantity.ts';
import { printNote } from '../report/result.ts';
import { type Docker, openDocker } from '../tools/docker.ts';
import { inspectImage, pullImage } from '../tools/docker-images.ts';
import { engineFacts } from '../tools/docker-run.ts';
import type { ContainerPlan } from './container.ts';
import { packageUser } from './image/dockerfile.ts';
import { ensureImage } from './image/ensure-image.ts';
import { specImage } from './image/spec-image.ts';
import { isolatedEnvironment, refuseInspect } from './isolated-environment.ts';
import type { PlacedLaunch } from './launch.ts';
import type { ContainerPlace } from './place.ts';
import { podResources } from './resources.ts';
import type { RunFolder } from './run-folder.ts';
import { runLabels } from './run-labels.ts';
import { formatRunSpec } from './run-spec-file.ts';

/** Looks for the engine and the network, and for an image, which is pulled or built where it is missing. */
export async function prepareContainer(
  context: Context,
  launch: PlacedLaunch<ContainerPlace>,
  id: string,
  folder: RunFolder,
): Promise<ContainerPlan> {
  const { run, spec, options, place } = launch;
  refuseInspect(launch);
  const env = isolatedEnvironment(launch, id);
  const docker = await openDocker(context);
  await docker.ping();
  await checkNetwork(docker, place.network, context);
  const given = specImage(context, spec.image);
  const image = given ?? (await ensureImage(context, launch, docker, folder.private));
  const reader = given === undefined ? packageUser : await userOf(context, docker, given);
  const { memory, cpu } = podResources(spec.resources).limits;
  return {
    launch: 'container',
    wish: {
      name: id,
      image,
      entrypoint: spec.command,
      args: [...(spec.args ?? []), ...options.args],
      env,
      labels: { ...place.labels, ...runLabels(id, run.package.name) },
      network: place.network,
      // What an image that is not ours starts may want to be process 1 itself.
      init: given === undefined,
      memory: parseQuantity(memory ?? ''),
      cpus: parseQuantity(cpu ?? ''),
    },
    runSpec: formatRunSpec(id, run),
    reader,
    memory,
    keep: place.keep,
  };
}

async function checkNetwork(docker: Docker, network: string, { program }: Context): Promise<void> {
  if (network === 'host') return requireHostNetwork(docker);
  if (await docker.networks.inspect(network)) return;
  throw new Failure('prerequisite', {
    what: `The container engine has no network ${network}`,
    why: 'The Stores are reached through it',
    next: `${program} dev up`,
  });
}

/** Stores on this machine's loopback address are reached by containers that share it. */
async function requireHostNetwork(docker: Docker): Promise<void> {
  const { system, rootless } = await engineFacts(docker);
  if (platform() === 'linux' && !rootless && !system.includes('Desktop')) return;
  throw new Failure('prerequisite', {
    what: 'A container cannot reach the Stores here',
    why: [
      'They listen on the loopback address of this machine only',
      rootless
        ? 'A rootless engine has a loopback address of its own'
        : `Containers of ${system} run in a machine of their own`,
    ],
    next: ['Run it as a process: --launch process', 'Or in an environment with a cluster: dk dev up --engine k3d'],
  });
}

/** The image is there afterwards. */
async function userOf(context: Context, docker: Docker, image: string): Promise<number | undefined> {
  const found = (await inspectImage(docker, image)) ?? (await pulled(context, docker, image));
  const [name = ''] = (found?.user ?? '').split(':');
  if (name === '') return 0;
  return /^\d+$/.test(name) ? Number(name) : undefined;
}

async function pulled(context: Context, docker: Docker, image: string) {
  await printNote(context, `Pulling image ${image}`);
  await pullImage(docker, image);
  return inspectImage(docker, image);
}
