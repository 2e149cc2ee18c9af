import { rm } from 'node:fs/promises';
import { ownerLabels } from '../../cells/ownership.ts';
import { Failure } from '../../failure.ts';
import type { Docker } from '../../tools/docker.ts';
import { isOwnTools } from './cluster-found.ts';
import type { ClusterNames } from './cluster-names.ts';
import { stopOrphans } from './cluster-orphans.ts';

interface Removal {
  readonly id: string;
  readonly names: ClusterNames;
  readonly docker: Docker;
}

/** Removes whatever the environment has in the engine, and nothing else; fails unless all of it is gone afterwards. */
export async function removeCluster(removal: Removal, workFolder: string): Promise<void> {
  const { docker } = removal;
  await stopOrphans(workFolder);
  const { containers, volumes, networks } = await ownThings(removal);
  await Promise.all(containers.map(({ id }) => docker.containers.remove(id)));
  await Promise.all([
    ...volumes.map(({ name }) => docker.volumes.remove(name)),
    ...networks.map(({ id }) => docker.networks.remove(id)),
  ]);
  await rm(workFolder, { recursive: true, force: true });
  const left = await whatRemains(removal);
  if (left.length === 0) return;
  throw new Failure('unhealthy', {
    what: `Not all of ${removal.names.cluster} could be removed`,
    why: left,
    next: left.map((thing) => `docker ${thing.replace(' ', ' rm -f ')}`),
  });
}

/** What the engine still has of an environment, as `volume dk-local-data`. */
export async function whatRemains(removal: Removal): Promise<readonly string[]> {
  const { containers, volumes, networks } = await ownThings(removal);
  return [
    ...containers.map(({ name }) => `container ${name}`),
    ...volumes.map(({ name }) => `volume ${name}`),
    ...networks.map(({ name }) => `network ${name}`),
  ];
}

async function ownThings({ id, names, docker }: Removal) {
  const labels = ownerLabels(id);
  const [containers, volumes, networks, members] = await Promise.all([
    docker.containers.list(labels),
    docker.volumes.list(labels),
    docker.networks.list(labels),
    docker.containers.list({ 'k3d.cluster': names.cluster }),
  ]);
  const network = networks.find(({ name }) => name === names.network);
  const tools = members.filter((member) => isOwnTools(id, names, member, network));
  return { containers: [...containers, ...tools], volumes, networks };
}
