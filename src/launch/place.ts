type Labels = Readonly<Record<string, string>>;

/** Where a run takes place. */
export type Place = ProcessPlace | ContainerPlace | JobPlace;

/** A process of this machine. */
export interface ProcessPlace {
  readonly launch: 'process';
}

/** A container of the engine that the docker CLI would use. */
export interface ContainerPlace {
  readonly launch: 'container';
  /** Name of the network to join, or `host` for this machine's own. */
  readonly network: string;
  /** Labels of what is made, such as those of an environment. */
  readonly labels: Labels;
  /** The container stays after its end. */
  readonly keep: boolean;
}

/** A Job in the namespace of a cell. */
export interface JobPlace {
  readonly launch: 'job';
  readonly cluster: ClusterLogin;
  readonly namespace: string;
  /** Labels of what is made, such as those of an environment. */
  readonly labels: Labels;
  /** The Job, its Secret and its pod stay after its end. */
  readonly keep: boolean;
  /** Absent where the cluster can only pull. */
  readonly images?: NodeImages;
}

/** The images that a cluster's nodes hold. */
export interface NodeImages {
  holds(reference: string): Promise<boolean>;
  /** Copies an image of the local engine. */
  bring(reference: string): Promise<void>;
}

/** How to reach a cluster, again and from other processes too. */
export interface ClusterLogin {
  /** Absolute paths. */
  readonly kubeconfig: readonly string[];
  readonly context: string;
}
