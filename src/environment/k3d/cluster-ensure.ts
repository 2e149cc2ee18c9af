import { Failure } from '../../failure.ts';
import { isFree } from '../../tools/ports.ts';
import { refusal } from './cluster-foreign.ts';
import { type ClusterMaker, describeHolder, makeCluster, refuseTakenPorts, removeHelpers } from './cluster-make.ts';
import { stopOrphans } from './cluster-orphans.ts';
import type { ClusterState } from './cluster-state.ts';

/** What converging needs besides the tools. */
export interface Converging extends ClusterMaker {
  readonly environment: string;
  /** Where k3d works; whatever k3d is found in it belongs to a dk that is gone. */
  readonly workFolder: string;
  look(): Promise<ClusterState>;
  /** Fails when the API does not answer in time. */
  waitForApi(timeoutMs: number): Promise<void>;
  say(what: string): void;
}

/** The first start of a node unpacks its images; the machine may have much else to do. */
const startMs = 240_000;
const attempts = 3;

/** Brings the cluster up from whatever there is of it. The caller holds the environment's lock. */
export async function ensureCluster(cluster: Converging): Promise<void> {
  await stopOrphans(cluster.workFolder);
  for (let attempt = 1; ; attempt += 1) {
    const state = await cluster.look();
    if (state.kind === 'running') return;
    try {
      await converge(cluster, state);
      return;
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'conflict') throw error;
      await refuseTakenPorts(cluster.names, cluster.ports);
      // A name or a port was taken between looking and using it, and is free now or can be another one.
      if (attempt === attempts) throw error;
    }
  }
}

async function converge(cluster: Converging, state: Exclude<ClusterState, { kind: 'running' }>): Promise<void> {
  if (state.kind === 'foreign') throw refusal(cluster.environment, cluster.names, state.parts);
  cluster.say(state.why);
  switch (state.kind) {
    case 'starting':
      await removeHelpers(cluster);
      break;
    case 'stopped':
      await startOrMake(cluster, state.apiPort);
      break;
    case 'absent':
    case 'half-made':
    case 'node-missing':
    case 'wrong-ports':
      await makeCluster(cluster, cluster.say);
      break;
  }
  await cluster.waitForApi(startMs);
}

/** A node keeps its ports for life: without one of them it can only be made anew. */
async function startOrMake(cluster: Converging, apiPort: number | undefined): Promise<void> {
  if (apiPort === undefined || (await isFree(apiPort))) {
    cluster.say(`k3d starts ${cluster.names.cluster}`);
    return cluster.k3d.start(cluster.names.cluster, startMs);
  }
  cluster.say(`port ${apiPort} of its API is taken (${await describeHolder(apiPort)}): its node is made anew`);
  return makeCluster(cluster, cluster.say);
}
