import type { CellRepository } from '../../cells/repository.ts';
import type { Chart } from '../../package/chart/chart.ts';
import type { ChartValues } from '../../package/chart/values.ts';

/** A version of a package with all that it takes to deploy it. */
export interface Release {
  readonly chart: Chart;
  /** Where it was found; undefined for one that was built here and is published nowhere. */
  readonly registry?: string | undefined;
  /** Of its manifest in the registry. */
  readonly digest?: string | undefined;
}

/** A version that was deployed before. */
export interface PastRelease {
  readonly version: string;
  readonly at: Date | undefined;
  /** Undefined where nothing but the version has been kept. */
  readonly release?: Release;
}

/** What a deployment says besides package and cell. */
export type Overrides = Omit<ChartValues, 'cell' | 'package'>;

/** A package in a cell, as it was deployed. */
export interface Deployed {
  readonly package: string;
  readonly version: string;
  readonly cell: string;
  readonly registry: string | undefined;
  readonly overrides: Overrides;
  /** Why the version is not certain. */
  readonly doubt?: string;
}

/** A deployment that is to be. */
export interface Wish {
  readonly release: Release;
  readonly cell: string;
  readonly overrides: Overrides;
}

/** A deployment for people and programs: what it is, and what became of it. */
export interface DeploymentState {
  readonly package: string;
  readonly version: string;
  readonly cell: string;
  readonly namespace: string | null;
  readonly phase: string | null;
  /** Why it is not as it should be. */
  readonly reason: string | null;
  readonly lastRun: { readonly id: string; readonly status: string; readonly startTime: string | null } | null;
  /** ISO 8601. */
  readonly nextRun: string | null;
}

/** One file or object that a deployment consists of. */
export interface Change {
  readonly what: string;
  readonly outcome: 'created' | 'changed' | 'unchanged' | 'deleted';
}

/** The deployments of a CM repo, or of a cluster. */
export interface Deployments {
  /** For messages: `repo ../cm-repo`, `environment local`. */
  readonly where: string;
  /** For commands to paste, what leads here: ` --repo ../cm-repo`, ` --context prod`, or nothing. */
  readonly flag: string;
  /** Undefined where nobody here can know them. */
  readonly cells: CellRepository | undefined;
  /** Where they are changed: as files of the same repo, or in a cluster. */
  readonly cellsIn: 'repo' | 'cluster';
  find(pkg: string, cell: string): Promise<Deployed | undefined>;
  /** By package, then cell; of one cell alone where it is named. */
  list(cell?: string): Promise<readonly DeploymentState[]>;
  /** What was deployed, newest first, what is deployed now included; empty where nothing is kept of that. */
  history(pkg: string, cell: string): Promise<readonly PastRelease[]>;
  /** With `dryRun` tells what would change, and changes nothing. */
  put(wish: Wish, options: { readonly dryRun: boolean }): Promise<readonly Change[]>;
  /** Nothing where there is no such deployment. */
  remove(pkg: string, cell: string): Promise<readonly Change[]>;
}
