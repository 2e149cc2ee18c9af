import { Failure } from '../../failure.ts';

/** The failure of a package in which there is nothing to start. */
export function noEntryPoint(directory: string, lookedFor: readonly string[]): Failure {
  return new Failure('invalid', {
    what: 'The package has no entry point',
    why: `There is no ${lookedFor.join(', no ')} in ${directory}`,
    next: `Write ${lookedFor[0]}, or set spec.command in dk.yaml`,
  });
}
