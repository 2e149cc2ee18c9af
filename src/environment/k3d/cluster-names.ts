/** What the things of an environment's cluster are called; k3d derives some of it from the cluster's name. */
export interface ClusterNames {
  readonly cluster: string;
  readonly context: string;
  readonly server: string;
  /** A helper of k3d that lives for a second, unless k3d is killed in it. */
  readonly tools: string;
  readonly network: string;
  readonly dataVolume: string;
  readonly imageVolume: string;
  readonly registry: string;
  readonly registryVolume: string;
}

export function clusterNames(environment: string): ClusterNames {
  const cluster = `dk-${environment}`;
  const context = `k3d-${cluster}`;
  return {
    cluster,
    context,
    server: `${context}-server-0`,
    tools: `${context}-tools`,
    network: context,
    dataVolume: `${cluster}-data`,
    imageVolume: `${context}-images`,
    registry: `${context}-registry`,
    registryVolume: `${cluster}-registry`,
  };
}
