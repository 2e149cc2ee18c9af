import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

/** The files of one run; all 0600 in folders 0700. */
export interface RunFolder {
  readonly directory: string;
  readonly record: string;
  /** Redacted output. */
  readonly log: string;
  /** What the supervisor of a detached run has to say of itself; empty as a rule. */
  readonly supervisorLog: string;
  /** Holds secrets; gone after the run. */
  readonly private: string;
  /** The file that `DK_RUN_SPEC` names. */
  readonly spec: string;
  /** What a detached run is to do; read and removed by its supervisor at once. */
  readonly assignment: string;
}

/** The layout of a run's folder. */
export function runFolder(directory: string): RunFolder {
  const secret = join(directory, 'private');
  return {
    directory,
    record: join(directory, 'record.json'),
    log: join(directory, 'output.log'),
    supervisorLog: join(directory, 'supervisor.log'),
    private: secret,
    spec: join(secret, 'run-spec.json'),
    assignment: join(secret, 'assignment.json'),
  };
}

/** `pg-to-s3-20261123-101112-a1b2c3`: in UTC, so that the runs of a package sort by time. */
export function newRunId(packageName: string, now: Date): string {
  const [date = '', time = ''] = now.toISOString().replaceAll(/[-:]/g, '').split(/[T.]/);
  return `${packageName}-${date}-${time}-${randomBytes(3).toString('hex')}`;
}
