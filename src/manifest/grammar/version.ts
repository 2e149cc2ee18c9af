import semver from 'semver';

/** Whether a text is a semver 2 version, without a leading v. */
export function isVersion(text: string): boolean {
  return /^\d/.test(text) && semver.parse(text) !== null;
}

/** Whether a text is a range such as `^1.2.0` or `>=1 <3`. */
export function isVersionRange(text: string): boolean {
  return semver.validRange(text) !== null;
}

/** Whether a version lies in a range; prereleases count as any other version. */
export function inVersionRange(version: string, range: string): boolean {
  return semver.satisfies(version, range, { includePrerelease: true });
}
