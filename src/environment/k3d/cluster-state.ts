import { apiNodePort, type ClusterPorts, nodePorts } from './cluster-config.ts';
import { type FoundCluster, foreignParts } from './cluster-found.ts';
import type { ClusterNames } from './cluster-names.ts';

/** What has to be done before the cluster runs as wanted. */
export type ClusterState =
  | { readonly kind: 'running' }
  /** Its node runs; the API does not answer yet, or k3d did not end its work. */
  | { readonly kind: 'starting'; readonly why: string }
  | { readonly kind: 'stopped'; readonly why: string; readonly apiPort: number | undefined }
  /** No more than its data volume is left of it, nothing at all, or too little: it has to be made, on the data that there is. */
  | { readonly kind: 'absent' | 'half-made' | 'node-missing' | 'wrong-ports'; readonly why: string }
  /** Something of its names belongs to somebody else. */
  | { readonly kind: 'foreign'; readonly why: string; readonly parts: readonly string[] };

interface Wanted {
  readonly id: string;
  readonly names: ClusterNames;
  readonly ports: ClusterPorts;
}

/** The state as far as the engine knows it; `runs` where only the API can tell more. */
export function stateOf(found: FoundCluster, { id, names, ports }: Wanted): ClusterState | { readonly kind: 'runs' } {
  const parts = foreignParts(id, names, found);
  if (parts.length > 0) return { kind: 'foreign', why: `${parts.join(', ')} is not of this environment`, parts };
  const { server, others, dataVolume } = found;
  if (!server) {
    if (others.length > 0) return { kind: 'half-made', why: 'its creation was interrupted' };
    return dataVolume
      ? { kind: 'node-missing', why: 'its data is there, and its node is not' }
      : { kind: 'absent', why: 'it does not exist' };
  }
  // An engine that could not start it, and a k3d that was killed before, leave it so; what k3d copies into it may be missing.
  if (['created', 'dead', 'removing'].includes(server.state))
    return { kind: 'half-made', why: 'its node never started' };
  const wrong = wrongPort(server.ports, ports);
  if (wrong) return { kind: 'wrong-ports', why: wrong };
  if (server.state === 'exited') return { kind: 'stopped', why: 'it is stopped', apiPort: apiPortOf(found) };
  if (others.length > 0) return { kind: 'starting', why: 'k3d was interrupted while it started it' };
  return { kind: 'runs' };
}

/** The port on 127.0.0.1 that the API has, or had when the node last ran. */
export function apiPortOf({ server }: FoundCluster): number | undefined {
  return server?.ports.find(({ containerPort }) => containerPort === apiNodePort)?.hostPort;
}

function wrongPort(published: readonly { containerPort: number; hostPort: number }[], wanted: ClusterPorts) {
  for (const name of ['postgres', 's3', 'console'] as const) {
    const actual = published.find(({ containerPort }) => containerPort === nodePorts[name])?.hostPort;
    if (actual === wanted[name]) continue;
    return `its ${name} has ${actual === undefined ? 'no port' : `port ${actual}`} instead of ${wanted[name]}`;
  }
  return undefined;
}
