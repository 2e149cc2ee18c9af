import { Failure } from '../../failure.ts';
import type { Docker } from '../../tools/docker.ts';
import type { DockerContainerDetails } from '../../tools/docker-containers.ts';
import type { DockerObject } from '../../tools/docker-objects.ts';
import { isOwn } from './cluster-found.ts';
import type { ClusterNames } from './cluster-names.ts';

/** What the engine has of an environment's registry. */
export interface RegistryParts {
  readonly container: DockerContainerDetails | undefined;
  readonly volume: DockerObject | undefined;
}

/** Where the registry listens in its container. */
export const registryPort = 5000;

/** On the volume, so that what charts say of the registry stays true when its container is lost. */
export const portLabel = 'datakit.infoblox.dev/registry-port';

interface Whose {
  readonly id: string;
  /** The environment's. */
  readonly name: string;
  readonly names: ClusterNames;
}

/** Asks the engine; undefined where there is nothing, a refused Failure where something is somebody else's. */
export async function findRegistry(docker: Docker, { id, name, names }: Whose): Promise<RegistryParts | undefined> {
  const { container, volume } = await look(docker, names);
  if (container && !isOwn(id, container)) throw refusal(name, 'container', names.registry);
  if (volume && !isOwn(id, volume)) throw refusal(name, 'volume', names.registryVolume);
  return container || volume ? { container, volume } : undefined;
}

/** Whether the engine has anything of it; what others have under its names hinders nobody who does not need it. */
export async function hasOwnRegistry(docker: Docker, { id, names }: Whose): Promise<boolean> {
  const { container, volume } = await look(docker, names);
  return [container, volume].some((part) => part !== undefined && isOwn(id, part));
}

/** Its port on 127.0.0.1, or why nobody can use it now. */
export function whereItServes(
  { container }: RegistryParts,
  { network }: ClusterNames,
): { readonly port: number } | { readonly fault: string } {
  if (!container) return { fault: 'its data is there, and its container is not' };
  if (container.state !== 'running') return { fault: `its container is ${container.state}` };
  // Whoever deletes a network by k3d leaves the registries that were on it.
  if (!container.networks.includes(network)) return { fault: 'it is not on the network of the cluster' };
  const port = publishedPort(container);
  return port === undefined ? { fault: 'it has no port on this machine' } : { port };
}

/** The port that it has had, where that is still known. */
export function formerPort(parts: RegistryParts | undefined): number | undefined {
  const labelled = Number(parts?.volume?.labels[portLabel]);
  return publishedPort(parts?.container) ?? (labelled > 0 ? labelled : undefined);
}

async function look(docker: Docker, names: ClusterNames): Promise<RegistryParts> {
  const [container, volume] = await Promise.all([
    docker.containers.inspect(names.registry),
    docker.volumes.inspect(names.registryVolume),
  ]);
  return { container, volume };
}

function publishedPort(container: DockerContainerDetails | undefined): number | undefined {
  return container?.ports.find(({ containerPort }) => containerPort === registryPort)?.hostPort;
}

function refusal(environment: string, kind: 'container' | 'volume', thing: string): Failure {
  return new Failure('refused', {
    what: `There is a ${kind} ${thing} that environment ${environment} did not make`,
    why: 'It does not carry its id',
    next: [`Look at it, and remove it yourself: docker ${kind} inspect ${thing}`, 'Or name a registry with --registry'],
  });
}
