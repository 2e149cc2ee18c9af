import { runRequestedAnnotation } from '../manifest/run-requested.ts';
import { jobName } from './children.ts';
import { triggerAnnotation } from './labels.ts';
import type { ObservedJob, WatchedDeployment } from './observed.ts';

/** What a run was, or is to be, started for: such as `version` → `1.2.4` or `input orders` → the id of the run that wrote it. */
export type Triggers = Readonly<Record<string, string>>;

/** A run that is due. */
export interface DueRun {
  /** Of its Job. */
  readonly name: string;
  readonly covers: Triggers;
}

export interface Circumstances {
  readonly deployment: WatchedDeployment;
  readonly onChange: boolean;
  /** By name of a deployment that writes an input: the id of its last run, if that has succeeded. */
  readonly producers: Triggers;
}

const manual = 'manual';
const version = 'version';

/**
 * The run that is due, if there is one. One run covers all that has happened so far. Its name is made of what cannot change
 * until its start is written into the status: so a controller that dies in between does not start it twice.
 */
export function dueRun({ deployment, onChange, producers }: Circumstances): DueRun | undefined {
  const { metadata, spec, status = {} } = deployment;
  const { triggers: handled = {}, lastRun } = status;
  const requested = metadata.annotations?.[runRequestedAnnotation];
  const inputs = Object.entries(producers).map(([producer, run]) => [`input ${producer}`, run] as const);
  const changes: Triggers = onChange ? { [version]: spec.package.version, ...Object.fromEntries(inputs) } : {};
  const covers = { ...changes, ...(requested && { [manual]: requested }) };
  if (requested && requested !== handled[manual])
    return { name: jobName(deployment, `${manual} ${requested}`), covers };
  const changed = Object.entries(changes).some(([what, value]) => handled[what] !== value);
  return changed ? { name: jobName(deployment, `change after ${lastRun?.id ?? ''}`), covers } : undefined;
}

/** What a Job was started for, as it says itself; undefined where somebody has changed that. */
export function coveredBy({ metadata }: ObservedJob): Triggers | undefined {
  try {
    return JSON.parse(metadata.annotations?.[triggerAnnotation] ?? '') as Triggers;
  } catch {
    return undefined;
  }
}
