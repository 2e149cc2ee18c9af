import type { Context } from '../context.ts';
import type { Transform } from '../manifest/schema/transform.ts';
import type { ResolvedRun } from '../resolve/run-spec.ts';
import type { Exit } from '../tools/exec.ts';
import type { RunOutput } from './output.ts';
import type { ProcessPlan } from './process.ts';
import type { RunRecord } from './record.ts';
import type { RunFolder } from './run-folder.ts';

/** What is to be launched: package × cell, with the final values of its Transform. */
export interface Launch {
  readonly run: ResolvedRun;
  readonly spec: Pick<Transform['spec'], 'runtime' | 'command' | 'args'>;
  /** Name of the environment, or null when the run uses none of ours. */
  readonly environment: string | null;
  readonly options: LaunchOptions;
}

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
export type Plan = ProcessPlan;

/** A package that has been started. */
export interface Running {
  /** The leader of its group, where it runs on this machine. */
  readonly process: RunRecord['process'];
  readonly exited: Promise<Exit>;
  /** Ends what is left of it, also after `exited`: asks, waits, kills. Nothing of it runs afterwards and all output was read. */
  end(patience: Patience): Promise<void>;
}

export interface Patience {
  /** Milliseconds between asking and killing. */
  readonly graceMs: number;
  /** Aborted when somebody does not want to wait for that. */
  readonly hurry: AbortSignal;
}

/** One way to run packages; each has a file of its own here. */
export interface Launcher<P extends Plan> {
  /** Looks for all that is needed, and makes what is missing; nothing of the package runs yet. */
  prepare(context: Context, launch: Launch, id: string, folder: RunFolder): Promise<P>;
  start(plan: P, output: RunOutput): Promise<Running>;
}
