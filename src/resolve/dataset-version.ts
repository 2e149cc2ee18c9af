import { Failure } from '../failure.ts';
import type { DataSet } from '../manifest/schema/dataset.ts';
import type { Port } from '../manifest/schema/transform.ts';

/** Throws an invalid Failure for a data set outside the range of versions that an input or output asks for. */
export async function checkVersion({ metadata }: DataSet, { version: range }: Port): Promise<void> {
  if (range === undefined) return;
  // Few packages ask, and semver is as large as all of this folder.
  const { inVersionRange } = await import('../manifest/grammar/version.ts');
  const { name, version } = metadata;
  if (version !== undefined && inVersionRange(version, range)) return;
  throw new Failure('invalid', {
    what: `Data set ${name} ${version === undefined ? 'has no version' : `is version ${version}`}, and ${range} is asked for`,
  });
}
