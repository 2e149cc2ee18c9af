import type { Kinds, Manifest } from '../manifest/manifest.ts';
import { inReadingOrder, type Problem } from '../manifest/problem.ts';
import { missingTransform, ofKind } from '../package/load.ts';
import { readPackageFolder } from '../package/read-folder.ts';
import type { ReadOptions } from '../package/read-manifests.ts';
import { applyRules } from './apply-rules.ts';
import type { Facts } from './facts.ts';
import { gatherFacts } from './gather-facts.ts';
import { packageRules } from './package-rules.ts';
import type { Subject } from './rule.ts';
import { seedsOf, staysInside } from './rules/seed.ts';

/** Everything that is wrong with the package in an absolute folder, in reading order. */
export async function lintPackage(directory: string, options: ReadOptions): Promise<readonly Problem[]> {
  const folder = await readPackageFolder(directory, options);
  const seeds = seedsOf(ofKind(folder.manifests, 'DataSet')).flatMap(({ seed }) => seed.file ?? []);
  const facts = gatherFacts(directory, seeds.filter(staysInside));
  const known = [...missingTransform(folder, options), ...folder.problems];
  const broken = applyRules(packageRules, subjectOf(folder.manifests, folder.incomplete, facts), known);
  return inReadingOrder([...known, ...broken]);
}

/** Manifests as rules see them. */
export function subjectOf(
  manifests: readonly Manifest[],
  incomplete: ReadonlySet<keyof Kinds>,
  facts: Facts | undefined,
): Subject {
  return {
    transform: ofKind(manifests, 'Transform')[0],
    connectors: ofKind(manifests, 'Connector'),
    datasets: ofKind(manifests, 'DataSet'),
    groups: ofKind(manifests, 'DataSetGroup'),
    stores: ofKind(manifests, 'Store'),
    incomplete,
    facts,
  };
}
