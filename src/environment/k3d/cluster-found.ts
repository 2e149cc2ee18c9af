import { ownerLabels } from '../../cells/ownership.ts';
import type { Docker } from '../../tools/docker.ts';
import type { DockerContainer, DockerContainerDetails } from '../../tools/docker-containers.ts';
import type { DockerObject, Labels } from '../../tools/docker-objects.ts';
import type { ClusterNames } from './cluster-names.ts';

/** All that bears the names of an environment's cluster, whoever made it. */
export interface FoundCluster {
  readonly server: DockerContainerDetails | undefined;
  /** Further containers that k3d counts to the cluster. */
  readonly others: readonly DockerContainer[];
  readonly dataVolume: DockerObject | undefined;
  readonly imageVolume: DockerObject | undefined;
  readonly network: DockerObject | undefined;
}

/** Asks the engine; nothing is known from files. */
export async function findCluster(docker: Docker, names: ClusterNames): Promise<FoundCluster> {
  const [server, members, dataVolume, imageVolume, network] = await Promise.all([
    docker.containers.inspect(names.server),
    docker.containers.list({ 'k3d.cluster': names.cluster }),
    docker.volumes.inspect(names.dataVolume),
    docker.volumes.inspect(names.imageVolume),
    docker.networks.inspect(names.network),
  ]);
  return { server, others: members.filter(({ id }) => id !== server?.id), dataVolume, imageVolume, network };
}

/** Whether the environment of this uuid made something. */
export function isOwn(id: string, { labels }: { readonly labels: Labels }): boolean {
  return Object.entries(ownerLabels(id)).every(([label, value]) => labels[label] === value);
}

/** k3d gives its helper none of our labels, but puts it on our network. */
export function isOwnTools(id: string, names: ClusterNames, container: DockerContainer, network?: DockerObject) {
  const isTools = container.name === names.tools && container.labels['k3d.cluster'] === names.cluster;
  return isTools && network !== undefined && isOwn(id, network) && container.networks.includes(network.name);
}

/** What bears the names and is not ours, as users would call it. */
export function foreignParts(id: string, names: ClusterNames, found: FoundCluster): readonly string[] {
  const { server, others, dataVolume, imageVolume, network } = found;
  const containers = [server, ...others].filter((container) => container !== undefined);
  const parts = [
    ...containers.filter((each) => !isOwnTools(id, names, each, network)).map((each) => ['container', each] as const),
    ...[dataVolume, imageVolume].map((volume) => ['volume', volume] as const),
    ['network', network] as const,
  ];
  return parts.flatMap(([kind, part]) => (part && !isOwn(id, part) ? [`${kind} ${part.name}`] : []));
}
