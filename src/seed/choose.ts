import { Failure } from '../failure.ts';
import type { Manifest, Package } from '../manifest/manifest.ts';
import { didYouMean } from '../manifest/near-miss.ts';
import type { Path } from '../manifest/problem.ts';
import type { SeedSource } from '../manifest/schema/dataset.ts';

/** A data set with the rows that it is to get. */
export interface ChosenSeed {
  readonly manifest: Manifest<'DataSet'>;
  readonly seed: SeedSource;
  /** Where the seed stands in the manifest. */
  readonly path: Path;
}

/**
 * The data sets that have a seed, each with that of the profile, or its default where it knows no such profile.
 * A profile that no data set knows is a notFound Failure.
 */
export function chooseSeeds(pkg: Package, profile: string | undefined): readonly ChosenSeed[] {
  if (profile !== undefined) requireProfile(pkg, profile);
  return pkg.datasets.flatMap((manifest) => {
    const seed = manifest.value.spec.dev?.seed;
    if (!seed) return [];
    const path = ['spec', 'dev', 'seed'];
    const chosen = profile === undefined ? undefined : ownValue(seed.profiles, profile);
    if (profile !== undefined && chosen) return [{ manifest, seed: chosen, path: [...path, 'profiles', profile] }];
    const { profiles: _, ...standard } = seed;
    return standard.inline || standard.file !== undefined ? [{ manifest, seed: standard, path }] : [];
  });
}

function requireProfile(pkg: Package, profile: string): void {
  const all = pkg.datasets.flatMap(({ value }) => Object.keys(value.spec.dev?.seed?.profiles ?? {}));
  const names = [...new Set(all)].sort();
  if (names.includes(profile)) return;
  throw new Failure('notFound', {
    what: `No data set has a seed profile ${profile}${didYouMean(profile, names)}`,
    why: names.length === 0 ? 'The data sets of this package have no profiles' : `There are ${names.join(', ')}`,
    next: names.length === 0 ? 'dk dev seed' : `dk dev seed --profile ${names[0]}`,
  });
}

/** Profiles are called what people like, `constructor` too. */
function ownValue(profiles: Readonly<Record<string, SeedSource>> | undefined, name: string): SeedSource | undefined {
  return profiles && Object.hasOwn(profiles, name) ? profiles[name] : undefined;
}
