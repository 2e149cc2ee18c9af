import { ownerLabels } from '../../cells/ownership.ts';
import type { Context } from '../../context.ts';
import type { Docker } from '../../tools/docker.ts';
import type { DockerContainer } from '../../tools/docker-containers.ts';
import type { DockerObject } from '../../tools/docker-objects.ts';
import type { K3d } from '../../tools/k3d.ts';
import { findFreePort, isFree, portHolder } from '../../tools/ports.ts';
import { portTaken } from '../port-taken.ts';
import { type ClusterPorts, clusterConfigFile, clusterVariables } from './cluster-config.ts';
import { type FoundCluster, findCluster, isOwn, isOwnTools } from './cluster-found.ts';
import type { ClusterNames } from './cluster-names.ts';
import { apiPortOf } from './cluster-state.ts';

/** What making a cluster needs. */
export interface ClusterMaker {
  readonly id: string;
  readonly names: ClusterNames;
  readonly ports: ClusterPorts;
  readonly env: Context['env'];
  readonly docker: Docker;
  readonly k3d: K3d;
}

/** Long, for a node image that has to be pulled first. */
const creationMs = 900_000;
const firstApiPort = 26_443;

/** Makes the cluster anew on the data volume that there is, or on a new one. */
export async function makeCluster(maker: ClusterMaker, say: (what: string) => void): Promise<void> {
  const { names, docker, k3d } = maker;
  const found = await findCluster(docker, names);
  await removeContainers(maker, [found.server, ...found.others], found.network);
  await makeSurroundings(maker, found);
  const apiPort = await chooseApiPort(maker, apiPortOf(found), say);
  say(`k3d makes ${names.cluster}`);
  await k3d.create(clusterConfigFile(), clusterVariables(names, { ...maker, apiPort }), creationMs);
}

/** Removes what k3d leaves when it is killed: a helper that can reach the engine. */
export async function removeHelpers(maker: ClusterMaker): Promise<void> {
  const { others, network } = await findCluster(maker.docker, maker.names);
  await removeContainers(maker, others, network);
}

/** PortTaken for a port that somebody else has; nothing when all of them are free. */
export async function refuseTakenPorts({ cluster }: ClusterNames, ports: ClusterPorts): Promise<void> {
  for (const name of ['postgres', 's3', 'console'] as const) {
    if (!(await isFree(ports[name]))) throw await portTaken(`The ${name} of ${cluster}`, ports[name]);
  }
}

/** Who has a port, as far as we may see. */
export async function describeHolder(port: number): Promise<string> {
  const holder = await portHolder(port);
  return holder ? `${holder.program} (pid ${holder.pid}) listens there` : 'another process listens there';
}

async function removeContainers(
  { id, names, docker }: ClusterMaker,
  containers: readonly (DockerContainer | undefined)[],
  network: DockerObject | undefined,
): Promise<void> {
  for (const container of containers) {
    if (!container || !(isOwn(id, container) || isOwnTools(id, names, container, network))) continue;
    await docker.containers.remove(container.id);
  }
}

/** What k3d would make without our labels: then nobody could tell whose it is. */
async function makeSurroundings({ id, names, docker }: ClusterMaker, found: FoundCluster): Promise<void> {
  const labels = ownerLabels(id);
  if (!found.dataVolume) await docker.volumes.create(names.dataVolume, labels);
  if (!found.imageVolume) await docker.volumes.create(names.imageVolume, labels);
  if (!found.network) await docker.networks.create(names.network, labels);
}

/** The one that it had, so that copies of the kubeconfig stay right; no stopped cluster's. */
async function chooseApiPort({ ports, docker }: ClusterMaker, had: number | undefined, say: (what: string) => void) {
  if (had !== undefined && (await isFree(had))) return had;
  const nodes = await docker.containers.list({ app: 'k3d', 'k3d.role': 'server' });
  const reserved = nodes.map(({ labels }) => Number(labels['k3d.server.api.port']));
  const port = await findFreePort(firstApiPort, new Set([...Object.values(ports), ...reserved]));
  if (had !== undefined) say(`port ${had} (API) is taken: ${await describeHolder(had)}; using ${port} instead`);
  return port;
}
