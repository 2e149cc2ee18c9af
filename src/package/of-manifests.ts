import { Failure } from '../failure.ts';
import type { Manifest, Package } from '../manifest/manifest.ts';
import { parseManifests } from '../manifest/parse.ts';
import { problemText } from '../manifest/problem.ts';
import { duplicateProblems } from './duplicates.ts';
import { packageOf } from './load.ts';

/**
 * A package that is in no folder, from the texts of its manifests by path; an invalid Failure with every error. Of where
 * something stands in them nothing is kept, as that is ten times as large as what they say.
 */
export function packageOfManifests(texts: Readonly<Record<string, string>>): Package {
  const parsed = Object.entries(texts).map(([path, text]) => parseManifests(text, path));
  const manifests = parsed.flatMap((file) => file.manifests);
  const problems = [...parsed.flatMap((file) => file.problems), ...duplicateProblems(manifests)];
  const errors = problems.filter(({ severity }) => severity === 'error');
  const pkg = packageOf({ directory: '/', manifests: manifests.map(withoutPositions) });
  if (pkg && errors.length === 0) return pkg;
  throw new Failure('invalid', {
    what: 'The manifests of the package are not valid',
    why: errors.length > 0 ? errors.map(problemText) : 'there is no Transform among them',
  });
}

function withoutPositions<Each extends Manifest>(manifest: Each): Each {
  return { ...manifest, source: { file: manifest.source.file, at: () => ({ line: 1, column: 1 }) } };
}
