import { Failure } from '../failure.ts';
import type { Package } from '../manifest/manifest.ts';
import { problemText } from '../manifest/problem.ts';
import { loadValidPackage } from '../package/load.ts';
import type { ReadOptions } from '../package/read-manifests.ts';

/** A valid package; one that cannot be loaded is linted, so that its other errors are told at once, too. */
export async function loadLinted(directory: string, options: ReadOptions): Promise<Package> {
  try {
    return await loadValidPackage(directory, options);
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'invalid') throw error;
    const { lintPath } = await import('../lint/lint.ts');
    const errors = (await lintPath(directory, options)).filter(({ severity }) => severity === 'error');
    throw new Failure('invalid', {
      what: `The package has ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}`,
      why: errors.map(problemText),
      next: error.next,
    });
  }
}
