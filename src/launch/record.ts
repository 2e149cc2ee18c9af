import type { ProcessIdentity } from '../tools/exec.ts';

/** A container of the engine that the docker CLI would use. */
export interface ContainerIdentity {
  readonly id: string;
  readonly name: string;
}

/** A Job in a cluster, and how to reach that. */
export interface JobIdentity {
  readonly name: string;
  readonly namespace: string;
  /** Of the object, so that another one of its name is not taken for it. */
  readonly uid: string;
  readonly context: string;
  /** Absolute paths. */
  readonly kubeconfig: readonly string[];
}

/** What is kept of a run; JSON in `<state>/runs/<id>/record.json`, its log beside it. */
export interface RunRecord {
  readonly id: string;
  readonly package: string;
  readonly version: string;
  /** Absolute path of the package folder. */
  readonly directory: string;
  readonly cell: string | null;
  /** Name of the environment, or null when the run used none of ours. */
  readonly environment: string | null;
  readonly launch: 'process' | 'container' | 'job';
  readonly status: 'running' | 'succeeded' | 'failed' | 'timed-out' | 'stopped' | 'lost';
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Why it ended, where code and signal do not tell: `OOMKilled: …`. */
  readonly reason: string | null;
  /** The leader of the run's process group, with its start time, so that a reused pid is not taken for it. */
  readonly process: ProcessIdentity | null;
  readonly container: ContainerIdentity | null;
  readonly job: JobIdentity | null;
  /** Its container or Job is to be there after its end. */
  readonly kept: boolean;
  /** The dk that watches over the run and writes down its end; without it nobody will. */
  readonly supervisor: ProcessIdentity | null;
}

/** Whether its package has been started, and where. */
export function isStarted({ process, container, job }: RunRecord): boolean {
  return (process ?? container ?? job) !== null;
}

/** Whether something of it may be there still: running, kept, or left by a supervisor that was killed. */
export function mayBeLeft({ status, kept, container, job }: RunRecord): boolean {
  return status === 'running' || ((status === 'lost' || kept) && (container ?? job) !== null);
}
