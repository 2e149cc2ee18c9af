import { Failure } from '../failure.ts';
import type { Launch, PlacedLaunch } from './launch.ts';
import type { Place } from './place.ts';
import { processEnvironment } from './process-environment.ts';
import { runSpecPath } from './run-spec-mount.ts';

/** The variables of a package that sees nothing of this machine's environment: the same ones as a process gets of dk. */
export function isolatedEnvironment({ run, options }: Launch, id: string): Readonly<Record<string, string>> {
  return { ...processEnvironment({}, run.variables, options.extraEnv), DK_RUN_ID: id, DK_RUN_SPEC: runSpecPath };
}

/** A debugger listens on the loopback address of the place where the package runs. */
export function refuseInspect({ options, place }: PlacedLaunch<Place>): void {
  if (!options.inspect) return;
  throw new Failure('usage', {
    what: `--inspect does not reach into a ${place.launch}`,
    next: 'Leave --launch out: as a process of this machine a package can be debugged',
  });
}
