import type { Docker } from '../../tools/docker.ts';
import { type ClusterPorts, nodePorts } from './cluster-config.ts';
import { findCluster, isOwn } from './cluster-found.ts';
import { clusterNames } from './cluster-names.ts';

/** What the engine still knows of an environment whose record is lost. */
export interface DiscoveredCluster {
  /** Uuid of the environment. */
  readonly id: string;
  /** Where it has a node. */
  readonly ports: ClusterPorts | undefined;
}

/** Reads an environment's id and ports from the labels that dk left; undefined where there is nothing, or of several owners. */
export async function discoverCluster(docker: Docker, environment: string): Promise<DiscoveredCluster | undefined> {
  const { server, dataVolume, imageVolume, network } = await findCluster(docker, clusterNames(environment));
  const parts = [server, dataVolume, imageVolume, network].filter((part) => part !== undefined);
  const id = parts[0]?.labels['datakit.infoblox.dev/environment'];
  if (id === undefined || !parts.every((part) => isOwn(id, part))) return undefined;
  const portOf = (name: keyof ClusterPorts) =>
    server?.ports.find(({ containerPort }) => containerPort === nodePorts[name])?.hostPort;
  const [postgres, s3, console] = [portOf('postgres'), portOf('s3'), portOf('console')];
  const complete = postgres !== undefined && s3 !== undefined && console !== undefined;
  return { id, ports: complete ? { postgres, s3, console } : undefined };
}
