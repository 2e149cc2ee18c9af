import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { CommandFailure } from './command-failure.ts';
import { isOutsideGit, runGit } from './git.ts';
import { statIfThere } from './if-there.ts';

/** A file as a commit left it. */
export interface CommittedFile {
  readonly at: Date;
  readonly text: string;
}

/** Farther back nobody looks. */
const mostCommits = '50';

/** A file of an absolute folder in the commits that changed it, newest first; none where no Git keeps them. */
export async function fileHistory(context: Context, folder: string, file: string): Promise<readonly CommittedFile[]> {
  if (!statIfThere(folder)) return [];
  const log = await runGit(context, folder, [
    'log',
    `--max-count=${mostCommits}`,
    '--no-show-signature',
    // Whether it was there afterwards.
    '--diff-filter=AMRT',
    '--format=%H %ct',
    '--',
    file,
  ]).catch(noHistory);
  const commits = log.split('\n').filter((line) => line !== '');
  return Promise.all(
    commits.map(async (line) => {
      const [commit = '', seconds = ''] = line.split(' ');
      const text = await runGit(context, folder, ['show', `${commit}:./${file}`]);
      return { at: new Date(Number(seconds) * 1000), text };
    }),
  );
}

/** A machine without Git, a folder that is in no repository, or one without a commit. */
function noHistory(error: unknown): string {
  const isYoung = error instanceof CommandFailure && /does not have any commits/.test(error.stderr);
  const isWithoutGit = error instanceof CommandFailure && error.kind === 'prerequisite';
  if (isYoung || isWithoutGit || isOutsideGit(error)) return '';
  throw error;
}

/** A prerequisite Failure where nothing can be committed in an absolute folder: before it is written, not afterwards. */
export async function requireGit(context: Context, folder: string): Promise<void> {
  await runGit(context, folder, ['rev-parse', '--git-dir']).catch((error: unknown) => {
    if (!isOutsideGit(error)) throw error;
    throw new Failure('prerequisite', {
      what: `Nothing can be committed in ${folder}`,
      why: 'It is in no Git repository',
      next: [`git init ${folder}`, 'Or leave out --commit'],
      cause: error,
    });
  });
}

/**
 * Commits files of an absolute folder as they are, those that are no longer there too, and nothing else: whatever else has
 * been staged stays so. False where the last commit has them so already.
 */
export async function commitFiles(
  context: Context,
  folder: string,
  files: readonly string[],
  message: string,
): Promise<boolean> {
  const paths = files.map((file) => `:(literal)${file}`);
  await runGit(context, folder, ['add', '--all', '--', ...paths]);
  const changed = await runGit(context, folder, ['status', '--porcelain', '--', ...paths]);
  if (changed.trim() === '') return false;
  await runGit(context, folder, ['commit', '--quiet', '--message', message, '--only', '--', ...paths]);
  return true;
}
