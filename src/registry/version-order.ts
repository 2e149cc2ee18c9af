import semver from 'semver';

interface Release {
  readonly version: string;
  readonly created: Date | undefined;
}

/** Newest first: highest base version, then latest creation; what says nothing of its creation comes last. */
export function newestFirst<Version extends Release>(versions: readonly Version[]): readonly Version[] {
  return [...versions].sort(
    (a, b) =>
      compareBases(b.version, a.version) ||
      (b.created?.getTime() ?? 0) - (a.created?.getTime() ?? 0) ||
      semver.rcompare(a.version, b.version),
  );
}

/** The versions with the highest base, then those with the next one, and so on. */
export function byBase(versions: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  for (const version of [...versions].sort((a, b) => compareBases(b, a))) {
    const last = groups.at(-1);
    if (last?.[0] !== undefined && compareBases(last[0], version) === 0) last.push(version);
    else groups.push([version]);
  }
  return groups;
}

/** Of a build of a commit, the version that dk.yaml said. */
function baseOf(version: string): string {
  return version.replace(/-g[0-9a-f]{5,40}(-dirty)?$/, '');
}

function compareBases(a: string, b: string): number {
  return semver.compare(baseOf(a), baseOf(b));
}
