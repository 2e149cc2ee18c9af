import type { Context } from '../context.ts';
import type { Step } from '../graph/step.ts';
import type { WantedStore } from './desired.ts';
import type { Engine, Environment } from './environment.ts';
import type { EnvironmentRecord } from './state.ts';

/** What `up` is to make besides what is there. */
export interface UpWish {
  /** Cells by name; cell:local comes by itself. */
  readonly cells: readonly string[];
  /** Stores that every cell is to have besides the standard ones. */
  readonly stores: readonly WantedStore[];
  /** Whether the user's own kubeconfig is to know the cluster. */
  readonly merge: boolean;
}

/** The servers of an environment by the name of their port. */
export type PortName = keyof EnvironmentRecord['ports'];

/** One way to make an environment; recipes carry their world with them. */
export interface EngineDriver {
  /** The ports that servers of ours have now, whether they serve already or not. */
  livingPorts(context: Context, record: EnvironmentRecord): Promise<Partial<Record<PortName, number>>>;
  /** What an interrupted `up` leaves running, as sentences. */
  goingOn(context: Context, record: EnvironmentRecord): Promise<readonly string[]>;
  /** A prerequisite Failure where this machine cannot make one: nothing is to be written down then. */
  requireTools?(context: Context): Promise<void>;
  /** A new environment's uuid; random when absent. */
  newId?(context: Context, name: string): string;
  /** The record of an environment whose files are lost, as what it has made tells it; only where that can be told. */
  lostRecord?(context: Context, name: string): Promise<EnvironmentRecord | undefined>;
  /** A refused Failure where somebody else has something under the name of an environment that is not there. */
  requireFreeName?(context: Context, name: string): Promise<void>;
  up(context: Context, record: EnvironmentRecord, wish: UpWish): Promise<readonly Step<unknown>[]>;
  stop(context: Context, record: EnvironmentRecord): Promise<readonly Step<unknown>[]>;
  /** All but the environment's folder, which goes last. */
  remove(context: Context, record: EnvironmentRecord): Promise<readonly Step<unknown>[]>;
  /** With the servers running, as what they hold has to go. */
  removeCells(context: Context, record: EnvironmentRecord, cells: readonly string[]): Promise<readonly Step<unknown>[]>;
}

/** An environment as it is, to be looked at and used; what makes one is not loaded. */
export async function openEnvironment(context: Context, record: EnvironmentRecord): Promise<Environment> {
  switch (record.engine) {
    case 'embedded':
      return (await import('./embedded/environment.ts')).openEmbedded(context, record);
    case 'k3d':
      return (await import('./k3d/environment.ts')).openK3dEnvironment(context, record);
  }
}

/** The driver of an engine; only what is needed is loaded. */
export async function driverOf(engine: Engine): Promise<EngineDriver> {
  switch (engine) {
    case 'embedded':
      return (await import('./embedded/driver.ts')).embeddedDriver;
    case 'k3d':
      return (await import('./k3d/driver.ts')).k3dDriver;
  }
}
