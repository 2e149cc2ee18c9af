import type { Context } from '../context.ts';
import { CommandFailure } from './command-failure.ts';
import { run } from './exec.ts';

/** What a folder has of Git: the commit that its files began as, or why there is none. */
export type FolderCommit =
  | {
      readonly found: true;
      /** Forty hexadecimal digits. */
      readonly commit: string;
      readonly committedAt: Date;
      /** Files that the commit does not have as they are, relative to the folder and sorted. */
      readonly changed: readonly string[];
      /** Where the repository came from, without a login. */
      readonly remote: string | undefined;
    }
  | { readonly found: false; readonly why: string };

interface Wanted {
  /** Paths in the folder whose changes do not count. */
  readonly except: readonly string[];
  /** Files that have to be in the commit even if Git is told to ignore them. */
  readonly needed: readonly string[];
}

/** The commit that HEAD is, and what in an absolute folder differs from it; untracked files do, those that Git ignores do not. */
export async function folderCommit(context: Context, folder: string, wanted: Wanted): Promise<FolderCommit> {
  const git = (...args: readonly string[]) => runGit(context, folder, args);
  const prefix = await git('rev-parse', '--show-prefix').catch(
    unless(/not a git repository/, 'it is in no Git repository'),
  );
  if (typeof prefix !== 'string') return prefix;
  const head = await git('log', '-1', '--format=%H %ct').catch(
    unless(/does not have any commits/, 'its repository has no commit'),
  );
  if (typeof head !== 'string') return head;
  const [commit = '', seconds = ''] = head.trim().split(' ');
  const [changed, ignored, remote] = await Promise.all([
    git(
      'status',
      '--porcelain',
      '-z',
      '--no-renames',
      '--untracked-files=all',
      '--',
      '.',
      ...wanted.except.map(except),
    ),
    wanted.needed.length === 0 ? '' : git(...listIgnored, ...wanted.needed.map((path) => `:(literal)${path}`)),
    // Exit code 1 is for a repository that came from nowhere.
    git('config', '--get', 'remote.origin.url').catch(unless(/^$/, '')),
  ]);
  const paths = lines(changed).map((line) => line.slice(3 + prefix.trimEnd().length));
  return {
    found: true,
    commit,
    committedAt: new Date(Number(seconds) * 1000),
    changed: [...new Set([...paths, ...lines(ignored)])].sort(),
    remote: typeof remote === 'string' ? withoutLogin(remote.trim()) : undefined,
  };
}

const listIgnored = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--'];
const except = (path: string) => `:(exclude,literal)${path}`;

/** In a hook, these would make Git look at another place than the folder. */
const places = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_OBJECT_DIRECTORY', 'GIT_COMMON_DIR'];

/** Standard output of a git command in a folder. */
export async function runGit({ env, signal }: Context, folder: string, args: readonly string[]): Promise<string> {
  const own = Object.entries(env).filter(([name]) => !places.includes(name));
  // Its words are read; and looking at a repository is no reason to lock it.
  const fixed = { LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' };
  return (await run('git', args, { cwd: folder, env: { ...Object.fromEntries(own), ...fixed }, signal })).stdout;
}

/** Makes a reason of the failure that is expected, and of a git that is missing. */
function unless(expected: RegExp, why: string) {
  return (error: unknown): Extract<FolderCommit, { found: false }> => {
    if (!(error instanceof CommandFailure)) throw error;
    if (error.kind === 'prerequisite') return { found: false, why: 'there is no program git on PATH' };
    if (error.kind === 'unhealthy' && expected.test(error.stderr)) return { found: false, why };
    throw error;
  };
}

function lines(output: string): readonly string[] {
  return output.split('\0').filter((line) => line !== '');
}

function withoutLogin(remote: string): string {
  if (!URL.canParse(remote)) return remote;
  const url = new URL(remote);
  url.username = '';
  url.password = '';
  return url.href;
}
