import type { Context } from '../context.ts';
import type { Transform } from '../manifest/schema/transform.ts';
import type { ResolvedRun } from '../resolve/run-spec.ts';
import type { Exit } from '../tools/exec.ts';
import type { ContainerPlan } from './container.ts';
import type { JobPlan } from './job/job.ts';
import type { RunOutput } from './output.ts';
import type { Place } from './place.ts';
import type { ProcessPlan } from './process.ts';
import type { RunRecord } from './record.ts';
import type { RunFolder } from './run-folder.ts';

/** What is to be launched: package × cell, with the final values of its Transform. */
export interface Launch {
  readonly run: ResolvedRun;
  readonly spec: Pick<Transform['spec'], 'runtime' | 'command' | 'args' | 'image' | 'resources' | 'serviceAccountName'>;
  /** A process of this machine when absent. */
  readonly place?: Place;
  /** Name of the environment, or null when the run uses none of ours. */
  readonly environment: string | null;
  readonly options: LaunchOptions;
}

/** A launch in a certain kind of place. */
export type PlacedLaunch<Where extends Place> = Launch & { readonly place: Where };

export interface LaunchOptions {
  /** They follow `spec.args`. */
  readonly args: readonly string[];
  /** `-e`; stronger than `spec.env`. */
  readonly extraEnv: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** The run goes on when dk ends. */
  readonly detach: boolean;
  /** With a debugger's port open, on the loopback address. */
  readonly inspect: boolean;
}

/** All that is needed to start a run, as plain JSON: it may be handed to another process. Holds secrets. */
export type Plan = ProcessPlan | ContainerPlan | JobPlan;

/** How a package ended; without a code or a signal where it was never started, or where nobody saw its end. */
export interface PackageExit extends Exit {
  /** What neither code nor signal tells: `OOMKilled: …`. */
  readonly reason?: string;
}

/** Where a run is to be found while it goes on: one of them is not null. */
export type Whereabouts = Pick<RunRecord, 'process' | 'container' | 'job'>;

/** A package that has been started. */
export interface Running {
  readonly whereabouts: Whereabouts;
  readonly exited: Promise<PackageExit>;
  /** Ends what is left of it, also after `exited`: asks, waits, kills. Nothing of it runs afterwards and all output was read. */
  end(patience: Patience): Promise<void>;
}

export interface Patience {
  /** Milliseconds between asking and killing. */
  readonly graceMs: number;
  /** Aborted when somebody does not want to wait for that. */
  readonly hurry: AbortSignal;
}

/** One way to run packages. */
export interface Launcher<Where extends Place, P extends Plan> {
  /** Looks for all that is needed, and makes what is missing; nothing of the package runs yet. */
  prepare(context: Context, launch: PlacedLaunch<Where>, id: string, folder: RunFolder): Promise<P>;
  /** Not ended by the context's signal: that is the runner's to see to. */
  start(plan: P, output: RunOutput, context: Context): Promise<Running>;
}
