import { join } from 'node:path';
import { openDocker } from '../../tools/docker.ts';
import { openK3d } from '../../tools/k3d.ts';
import type { openKubernetes } from '../../tools/kubernetes.ts';
import { importImage } from '../../tools/node-images.ts';
import { leadsTo, waitForApi, whyNoAnswer } from './cluster-api.ts';
import type { ClusterPorts } from './cluster-config.ts';
import { ensureCluster } from './cluster-ensure.ts';
import { type FoundCluster, findCluster, isOwn } from './cluster-found.ts';
import { type ClusterNames, clusterNames } from './cluster-names.ts';
import { removeCluster, whatRemains } from './cluster-remove.ts';
import { apiPortOf, type ClusterState, stateOf } from './cluster-state.ts';
import { ownKubeconfig, readOwnKubeconfig } from './kubeconfig.ts';

export interface ClusterOptions {
  /** The environment's, such as `local`. */
  readonly name: string;
  /** Uuid of the environment; stands on all that is made, and only what carries it is ever touched. */
  readonly id: string;
  readonly ports: ClusterPorts;
  /** The environment's state; k3d works in a folder below it. */
  readonly directory: string;
}

/** The k3d cluster of one environment. What changes it wants the environment's lock. */
export interface Cluster {
  readonly names: ClusterNames;
  /** A prerequisite Failure unless the engine answers and k3d is new enough. */
  requireTools(): Promise<void>;
  state(): Promise<ClusterState>;
  /** Whether its node has the ports now, so that finding them taken means nothing. */
  holdsPorts(): Promise<boolean>;
  /** Brings it up from every state but `foreign`, which is a refused Failure. */
  ensure(say: (what: string) => void): Promise<void>;
  /** Ends its containers and keeps them. */
  stop(): Promise<void>;
  /** Removes containers, volumes and network, data too; fails unless they are gone afterwards. */
  remove(): Promise<void>;
  /** What the engine has of the environment, as `volume dk-local-data`; empty after `remove`. */
  remains(): Promise<readonly string[]>;
  /** Such as `https://127.0.0.1:26443`, where its node has or had its API; undefined without a node of its own. */
  apiServer(): Promise<string | undefined>;
  /** Whether a kubeconfig leads to its node, and the certificate that it pins is found there. */
  isOpenedBy(kubeconfig: string | undefined): Promise<boolean>;
  /** With the one context `k3d-dk-<name>`. Holds a key: for files that nobody else may read. */
  kubeconfig(): Promise<string | undefined>;
  /** Copies an image of the engine into the node; fails unless it is there afterwards. */
  importImage(image: string): Promise<void>;
}

type Needs = Parameters<typeof openKubernetes>[0];

/** Opens the engine and k3d; asks neither of them anything yet. */
export async function openCluster(context: Needs, { name, id, ports, directory }: ClusterOptions): Promise<Cluster> {
  const names = clusterNames(name);
  const workFolder = join(directory, 'k3d');
  const kubeconfigFile = join(directory, ownKubeconfig);
  const docker = await openDocker(context);
  const k3d = openK3d({ ...context, directory: workFolder });
  const wanted = { id, names, ports };
  const removal = { id, names, docker };
  const ask = () => whyNoAnswer(context, k3d, names);

  function apiServerOf(found: FoundCluster): string | undefined {
    const apiPort = apiPortOf(found);
    return apiPort !== undefined && found.server && isOwn(id, found.server)
      ? `https://127.0.0.1:${apiPort}`
      : undefined;
  }

  async function isOpenedBy(text: string | undefined, found: FoundCluster): Promise<boolean> {
    const address = apiServerOf(found);
    return text !== undefined && address !== undefined && leadsTo(context, text, names, address);
  }

  async function look(): Promise<ClusterState> {
    const found = await findCluster(docker, names);
    const state = stateOf(found, wanted);
    if (state.kind !== 'runs') return state;
    // Much quicker than k3d, which has to start and to copy a file out of the node.
    if (await isOpenedBy(await readOwnKubeconfig(kubeconfigFile, names.context), found)) return { kind: 'running' };
    const why = await ask();
    return why === undefined ? { kind: 'running' } : { kind: 'starting', why: `its API does not answer yet: ${why}` };
  }

  return {
    names,
    async requireTools() {
      await docker.ping();
      // What runs as wanted needs no k3d any more, and starting it takes a while.
      if (stateOf(await findCluster(docker, names), wanted).kind !== 'runs') await k3d.version();
    },
    state: look,
    async holdsPorts() {
      return stateOf(await findCluster(docker, names), wanted).kind === 'runs';
    },
    ensure: (say) =>
      ensureCluster({
        ...{ ...wanted, env: context.env, docker, k3d, environment: name, workFolder, look, say },
        waitForApi: (timeoutMs) => waitForApi(context, names, ask, timeoutMs),
      }),
    async stop() {
      const { server, others } = await findCluster(docker, names);
      const own = [server, ...others].flatMap((container) => (container && isOwn(id, container) ? [container] : []));
      await Promise.all(own.map((container) => docker.containers.stop(container.id, 20)));
    },
    remove: () => removeCluster(removal, workFolder),
    remains: () => whatRemains(removal),
    apiServer: async () => apiServerOf(await findCluster(docker, names)),
    isOpenedBy: async (text) => isOpenedBy(text, await findCluster(docker, names)),
    kubeconfig: () => k3d.kubeconfig(names.cluster),
    importImage: (image) => importImage(docker, names.server, image),
  };
}
