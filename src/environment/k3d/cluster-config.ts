import type { Context } from '../../context.ts';
import { assetPath } from './assets.ts';
import type { ClusterNames } from './cluster-names.ts';

/** Ports on 127.0.0.1 at which the node's services are reached. */
export interface ClusterPorts {
  readonly postgres: number;
  readonly s3: number;
  readonly console: number;
}

/** The ports of the node behind them, as k3d/cluster.yaml maps them. */
export const nodePorts: Readonly<Record<keyof ClusterPorts, number>> = { postgres: 30432, s3: 30900, console: 30901 };

/** Where the node itself listens for Kubernetes' API. */
export const apiNodePort = 6443;

/** Pinned, so that every machine has the same Kubernetes. */
const nodeImage = 'rancher/k3s:v1.34.3-k3s1';

/** The config file of every cluster. */
export function clusterConfigFile(): string {
  return assetPath('k3d/cluster.yaml');
}

/** What the config file leaves open. */
export function clusterVariables(
  { cluster, dataVolume }: ClusterNames,
  { id, ports, apiPort, env }: { id: string; ports: ClusterPorts; apiPort: number; env: Context['env'] },
): Readonly<Record<string, string>> {
  return {
    DK_CLUSTER: cluster,
    DK_DATA_VOLUME: dataVolume,
    DK_ENVIRONMENT_ID: id,
    DK_K3S_IMAGE: env['DK_K3S_IMAGE'] || nodeImage,
    DK_API_PORT: String(apiPort),
    DK_POSTGRES_PORT: String(ports.postgres),
    DK_S3_PORT: String(ports.s3),
    DK_CONSOLE_PORT: String(ports.console),
  };
}
