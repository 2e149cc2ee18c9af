import { join } from 'node:path';
import type { KubernetesPlace } from '../../cells/kubernetes-place.ts';
import type { CellRepository } from '../../cells/repository.ts';
import type { Context } from '../../context.ts';
import { storeProbe } from '../../data/check-store.ts';
import { type JsonMemory, openJsonMemory } from '../../tools/json-memory.ts';
import type { Kubernetes } from '../../tools/kubernetes.ts';
import type { PostgresAddress } from '../../tools/postgres-address.ts';
import { openDatabases } from '../cell-steps/roles.ts';
import type { CellsWorld } from '../cell-steps/world.ts';
import type { EnvironmentRecord } from '../state.ts';
import { environmentDirectory } from '../state.ts';
import { openMinioBuckets, type RootKey } from './buckets.ts';
import { type Cluster, openCluster } from './cluster.ts';
import { nodePorts } from './cluster-config.ts';
import { type InfraManifests, infraNamespace, openInfraManifests } from './infra.ts';
import { openOwnKubernetes, ownKubeconfig } from './kubeconfig.ts';
import { lazyCells } from './lazy-cells.ts';
import { superuserAddress } from './postgres.ts';
import { needInfraSecret } from './secrets.ts';

/** What the steps of a k3d environment look at and change: desired values and clients, never results of steps. */
export interface K3dWorld extends CellsWorld {
  readonly context: Context;
  readonly name: string;
  readonly cluster: Cluster;
  /** The environment's own kubeconfig, 0600. */
  readonly kubeconfigFile: string;
  /** What is applied to it, as data. */
  readonly manifests: InfraManifests;
  /** What takes long to find out again. */
  readonly memory: JsonMemory;
  /** Which cells it had when `up` last ran. */
  readonly cellsFile: string;
  /** The cluster as the own kubeconfig reaches it. */
  kubernetes(): Promise<Kubernetes>;
  /** The same for the cells in it. */
  place(): Promise<KubernetesPlace>;
  /** The shared servers as root has them, from this machine. */
  superuser(): Promise<PostgresAddress>;
  rootKey(): Promise<RootKey>;
}

export async function openWorld(context: Context, record: EnvironmentRecord): Promise<K3dWorld> {
  const { id, name } = record;
  const directory = environmentDirectory(context, name);
  const ports = { ...record.ports, console: record.ports.console ?? 0 };
  const cluster = await openCluster(context, { name, id, ports, directory });
  const kubeconfigFile = join(directory, ownKubeconfig);
  const memory = openJsonMemory(join(directory, 'parsed'));
  const kubernetes = openOwnKubernetes(context, kubeconfigFile, cluster, memory);
  const secretOf = async (server: 'postgres' | 'minio') =>
    (await needInfraSecret(await kubernetes(), server, context.secrets)).values;
  const superuser = async () => superuserAddress(ports.postgres, (await secretOf('postgres'))['password'] ?? '');
  const rootKey = async () => {
    const { 'root-user': accessKeyId = '', 'root-password': secretAccessKey = '' } = await secretOf('minio');
    return { accessKeyId, secretAccessKey };
  };
  const where = `environment ${name}`;
  // Fields that others took in our own environment are taken back.
  const place = async () => ({ kubernetes: await kubernetes(), where, probe: storeProbe(() => cells), force: true });
  const cells: CellRepository = lazyCells(where, place);
  const at = (service: string, port: number, host: number, node: number) => ({
    address: `${service}.${infraNamespace}.svc.cluster.local:${port}`,
    host: `127.0.0.1:${host}`,
    container: `${cluster.names.server}:${node}`,
  });
  return {
    ...{ context, id, name, cluster, kubeconfigFile, memory, kubernetes, place, cells, superuser, rootKey },
    cellsFile: join(directory, 'cells.json'),
    manifests: openInfraManifests(id, memory),
    endpoints: {
      postgres: at('postgres', 5432, ports.postgres, nodePorts.postgres),
      s3: at('minio', 9000, ports.s3, nodePorts.s3),
    },
    databases: openDatabases(superuser),
    buckets: openMinioBuckets(`http://127.0.0.1:${ports.s3}`, rootKey),
  };
}
