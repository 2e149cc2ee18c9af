import type { Context } from '../../context.ts';

/** A package on its way to being started. */
export interface Preparation {
  readonly context: Context;
  /** Absolute path of the package. */
  readonly directory: string;
  /** A folder of this run that nobody else reads, gone afterwards. */
  readonly privateDirectory: string;
  /** The environment that the package will see. */
  readonly env: Readonly<Record<string, string>>;
}

/** A program, by name or path, and its arguments. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** What dk knows of one way to write packages. */
export interface Runtime {
  /** Installs dependencies where a declared one is missing; returns the environment for whatever is started. */
  makeReady(preparation: Preparation): Promise<Preparation['env']>;
  /** The command of a package that names none. */
  entryPoint(preparation: Preparation): Promise<Command>;
  /** The same command with a debugger's port open; undefined when it does not start an interpreter that has one. */
  debugged(command: Command, preparation: Preparation): Promise<Command | undefined>;
}
