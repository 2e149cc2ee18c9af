import type { ProcessIdentity } from '../tools/exec.ts';

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
  /** The leader of the run's process group, with its start time, so that a reused pid is not taken for it. */
  readonly process: ProcessIdentity | null;
  /** The dk that watches over the run and writes down its end; without it nobody will. */
  readonly supervisor: ProcessIdentity | null;
}
