import { basename, dirname } from 'node:path';
import { kindNames } from '../manifest/kinds.ts';
import { inReadingOrder, type Problem } from '../manifest/problem.ts';
import { type ReadOptions, readManifests } from '../package/read-manifests.ts';
import { applyRules } from './apply-rules.ts';
import { subjectOf } from './lint-package.ts';
import { packageRules } from './package-rules.ts';

/** Everything that is wrong with one file, given by absolute path, as far as can be told without the files around it. */
export async function lintManifestFile(file: string, options: ReadOptions): Promise<readonly Problem[]> {
  const { manifests, salvaged, problems } = await readManifests(dirname(file), basename(file), options);
  const subject = subjectOf([...manifests, ...salvaged], new Set(kindNames), undefined);
  return inReadingOrder([...problems, ...applyRules(packageRules, subject, problems)]);
}
