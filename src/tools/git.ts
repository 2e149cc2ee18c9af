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
  const git: Git = (...args) => runGit(context, folder, args);
  try {
    // One line each, whatever the user's settings add to a log.
    const head = await git('log', '-1', '--no-show-signature', '--format=%H %ct');
    const [commit = '', seconds = ''] = head.split(' ');
    const [changed, remote] = await Promise.all([changedFiles(git, wanted), remoteOf(git)]);
    return { found: true, commit, committedAt: new Date(Number(seconds) * 1000), changed, remote };
  } catch (error) {
    return { found: false, why: whyNoCommit(error) };
  }
}

/** In a hook, these would make Git look at another place than the folder. */
const places = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_OBJECT_DIRECTORY', 'GIT_COMMON_DIR'];

/** Standard output of a git command in a folder. */
export async function runGit({ env, signal }: Context, folder: string, args: readonly string[]): Promise<string> {
  const own = Object.entries(env).filter(([name]) => !places.includes(name));
  // Its words are read; and looking at a repository is no reason to lock it.
  const fixed = { LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' };
  return (await run('git', args, { cwd: folder, env: { ...Object.fromEntries(own), ...fixed }, signal })).stdout;
}

type Git = (...args: readonly string[]) => Promise<string>;

async function changedFiles(git: Git, { except, needed }: Wanted): Promise<readonly string[]> {
  const pathspecs = ['.', ...except.map((path) => `:(exclude,literal)${path}`)];
  const [prefix, changed, ignored] = await Promise.all([
    git('rev-parse', '--show-prefix'),
    git('status', '--porcelain', '-z', '--no-renames', '--untracked-files=all', '--', ...pathspecs),
    needed.length === 0 ? '' : git(...listIgnored, ...needed.map((path) => `:(literal)${path}`)),
  ]);
  // `XY path`, from the root of the repository.
  const paths = lines(changed).map((line) => line.slice(3 + prefix.length));
  return [...new Set([...paths, ...lines(ignored)])].sort();
}

const listIgnored = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--'];

function lines(output: string): readonly string[] {
  return output.split('\0').filter((line) => line !== '');
}

async function remoteOf(git: Git): Promise<string | undefined> {
  try {
    return withoutLogin(await git('config', '--get', 'remote.origin.url'));
  } catch (error) {
    // It came from nowhere.
    if (error instanceof CommandFailure && error.exitCode === 1) return undefined;
    throw error;
  }
}

function withoutLogin(remote: string): string {
  if (!URL.canParse(remote)) return remote;
  const url = new URL(remote);
  url.username = '';
  url.password = '';
  return url.href;
}

/** Whether git failed because the folder is in no repository. */
export function isOutsideGit(error: unknown): boolean {
  return error instanceof CommandFailure && /not a git repository/.test(error.stderr);
}

/** A folder may well have no commit; any other failure of git is thrown on. */
function whyNoCommit(error: unknown): string {
  if (!(error instanceof CommandFailure)) throw error;
  if (error.kind === 'prerequisite') return 'there is no program git on PATH';
  if (isOutsideGit(error)) return 'it is in no Git repository';
  if (/does not have any commits/.test(error.stderr)) return 'its repository has no commit';
  throw error;
}
