import type { CellRepository } from '../cells/repository.ts';
import type { ClusterLogin, NodeImages } from '../launch/place.ts';

export type Engine = 'k3d' | 'embedded';

/** The servers that every cell uses. */
export const serverNames = ['postgres', 'object-store'] as const;

/** One server of an environment; a controller only where there is a cluster. */
export interface Service {
  readonly name: (typeof serverNames)[number] | 'controller';
  readonly state: 'running' | 'stopped' | 'failed';
  /** `127.0.0.1:25432`; absent for what nobody connects to. */
  readonly address?: string;
  readonly version?: string;
  readonly pid?: number;
  /** Where it is a process of this machine. */
  readonly logFile?: string;
  /** Why it is not running. */
  readonly reason?: string;
}

/** A cluster as packages that run in it need it. */
export interface EnvironmentCluster {
  /** Name of the container engine's network that the cluster is on. */
  readonly network: string;
  readonly login: ClusterLogin;
  readonly images: NodeImages;
  readonly registry: OwnRegistry;
}

/** The registry of an environment's own: there once something was published without naming another. */
export interface OwnRegistry {
  /**
   * `localhost:29002` from this machine and from the cluster's nodes, or why nobody can use it now; undefined where it was
   * never made. A refused Failure where somebody else has its name.
   */
  find(): Promise<{ readonly address: string } | { readonly fault: string } | undefined>;
  /** Makes it, or makes it run again; gives its address. The caller holds the environment's lock. */
  ensure(say: (what: string) => void): Promise<string>;
}

/** A local environment that dk made and can prove to be its own. */
export interface Environment {
  readonly name: string;
  /** Uuid; stands on everything that belongs to the environment. */
  readonly id: string;
  readonly engine: Engine;
  /** Absolute path of its state. */
  readonly directory: string;
  readonly cells: CellRepository;
  /** For packages that run in it; absent where there is none. */
  readonly cluster?: EnvironmentCluster;
  /** What it runs. */
  readonly serviceNames: readonly Service['name'][];
  /** Asks every server whether it answers. */
  services(): Promise<readonly Service[]>;
  /** The servers without a living process; much quicker than `services`. */
  missingServers(): Promise<readonly Service['name'][]>;
  /** What a server has written, line by line; with `follow` also what it goes on to write, until the signal of the Context. */
  logs(service: Service['name'], options: { readonly follow: boolean }): AsyncIterable<string>;
}
