import { Failure } from '../../failure.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import { problemText } from '../../manifest/problem.ts';
import { problemAt } from '../../manifest/problem-at.ts';
import type { FolderCommit } from '../../tools/git.ts';

/** The version of a chart. */
export interface ReleaseVersion {
  readonly version: string;
  /** Why it ends in `-dirty`, and can be built but not published; empty where it does not. */
  readonly dirty: readonly string[];
}

/**
 * `1.2.4-g29aef00`: the version in dk.yaml, which may be a prerelease, and the commit.
 * Without a commit the digits are zeros: the chart can be looked at, and run in an environment of one's own.
 */
export function releaseVersion(transform: Manifest<'Transform'>, commit: FolderCommit): ReleaseVersion {
  const base = baseVersion(transform);
  if (!commit.found) return { version: `${base}-g0000000-dirty`, dirty: [`There is no commit: ${commit.why}`] };
  const version = `${base}-g${commit.commit.slice(0, 7)}`;
  if (commit.changed.length === 0) return { version, dirty: [] };
  return { version: `${version}-dirty`, dirty: commit.changed.map((path) => `${path} is not as in the commit`) };
}

function baseVersion({ source, value: { metadata } }: Manifest<'Transform'>): string {
  const { version } = metadata;
  if (version === undefined) {
    const problem = problemAt(source, ['metadata'], 'there is no version');
    throw new Failure('invalid', {
      what: 'A package without a version cannot be built',
      why: problemText(problem),
      next: 'Add to metadata in dk.yaml: version: 0.1.0',
    });
  }
  if (!version.includes('+')) return version;
  const problem = problemAt(source, ['metadata', 'version'], `${version} has a part behind +`);
  throw new Failure('invalid', {
    what: 'The version of a package that is built has no build metadata',
    why: [problemText(problem), 'It would say what dk says by the commit, and registries allow no + in a tag'],
    next: `Write in dk.yaml: version: ${version.split('+')[0]}`,
  });
}
