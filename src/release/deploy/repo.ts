import { rmdir, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openFileCells } from '../../cells/files.ts';
import type { CellRepository } from '../../cells/repository.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { type AppFolder, findAppFolders, readAppFolder, valuesFile, versionFile } from '../../lint/app-folders.ts';
import { foldersIn } from '../../lint/cell-folders.ts';
import { problemText } from '../../manifest/problem.ts';
import { shownPath } from '../../package/read-manifests.ts';
import { writeAtomically } from '../../tools/atomic-file.ts';
import { fileHistory } from '../../tools/git-files.ts';
import { namesIn, readIfThere, statIfThere } from '../../tools/if-there.ts';
import { deployedOf, stateOf } from './app-deployed.ts';
import { appFiles } from './app-files.ts';
import type { Change, Deployments, PastRelease, Wish } from './deployments.ts';

interface Repo {
  readonly context: Context;
  /** Absolute. */
  readonly directory: string;
}

/** The deployments of a CM repo, in the absolute folder `directory`; a notFound Failure where there is no such folder. */
export function openRepo(context: Context, directory: string): Deployments {
  const shown = shownPath(directory, context.cwd) || '.';
  if (!statIfThere(directory)?.isDirectory()) throw noRepo(shown);
  const repo: Repo = { context, directory };
  return {
    where: `repo ${shown}`,
    flag: ` --repo ${shown}`,
    cells: cellsBeside(repo, shown),
    cellsIn: 'repo',
    async find(pkg, cell) {
      const app = findApp(repo, pkg, cell);
      return app && deployedOf(app, pkg, cell);
    },
    async list(cell) {
      const all = findAppFolders(directory).map((folder) => stateOf(readAppFolder(folder, context)));
      return all.filter((each) => (cell ?? each.cell) === each.cell);
    },
    history: (pkg, cell) => history(repo, pkg, cell),
    put: (wish, { dryRun }) => put(repo, wish, dryRun),
    remove: (pkg, cell) => remove(repo, pkg, cell),
  };
}

function noRepo(shown: string): Failure {
  const next = ['Clone your CM repo, and name its folder', `Or begin one: git init ${shown}`];
  return new Failure('notFound', { what: `There is no folder ${shown}`, next });
}

/** The cells of the same repo, where it has some. */
function cellsBeside({ directory }: Repo, shown: string): CellRepository | undefined {
  const cells = join(directory, 'cells');
  if (foldersIn(cells).length === 0) return undefined;
  // No Secrets stand in a repo, and none are asked for.
  return openFileCells({ where: `repo ${shown}`, directory: cells, secretsDirectory: join(cells, '.secrets') });
}

function folderOf({ directory }: Repo, pkg: string, cell: string): string {
  return join(directory, 'apps', `${pkg}-${cell}`);
}

/** A conflict Failure for a folder that belongs to another deployment, and an invalid one where that cannot be told. */
function findApp(repo: Repo, pkg: string, cell: string): AppFolder | undefined {
  const folder = folderOf(repo, pkg, cell);
  const files = namesIn(folder);
  if (!files.includes(versionFile) && !files.includes(valuesFile)) return undefined;
  const app = readAppFolder(folder, repo.context);
  const { problems } = app;
  // One of the two files may be missing: it is going to be written.
  if (problems.some(({ path, message }) => path !== '' || message !== 'is missing')) {
    throw new Failure('invalid', { what: `apps/${app.name} has errors`, why: problems.map(problemText) });
  }
  checkOwner(app, pkg, cell);
  return app;
}

function checkOwner({ name, values }: AppFolder, pkg: string, cell: string): void {
  const said = { package: values?.value.package?.name ?? pkg, cell: values?.value.cell || cell };
  if (said.package === pkg && said.cell === cell) return;
  throw new Failure('conflict', {
    what: `apps/${name} is not the deployment of ${pkg} in cell ${cell}`,
    why: `Its ${valuesFile} is of ${said.package} in cell ${said.cell}`,
    next: `Two deployments cannot share a folder: rename the one that is there, as apps/${said.package}-${said.cell}`,
  });
}

async function history(repo: Repo, pkg: string, cell: string): Promise<readonly PastRelease[]> {
  const folder = folderOf(repo, pkg, cell);
  const now = readIfThere(join(folder, versionFile));
  const committed = await fileHistory(repo.context, folder, versionFile);
  const all = [...(now === undefined ? [] : [{ text: now, at: undefined }]), ...committed];
  const versions = all.map(({ text, at }) => ({ version: text.trim(), at }));
  return versions.filter(({ version }, index) => version !== versions[index - 1]?.version);
}

async function put(repo: Repo, wish: Wish, dryRun: boolean): Promise<readonly Change[]> {
  const { name } = wish.release.chart;
  const app = findApp(repo, name, wish.cell);
  const folder = folderOf(repo, name, wish.cell);
  const files = appFiles(wish, { app, valuesText: readIfThere(join(folder, valuesFile)) });
  const changes: Change[] = [];
  for (const [file, text] of Object.entries(files)) {
    const present = readIfThere(join(folder, file));
    const outcome = present === undefined ? 'created' : present === text ? 'unchanged' : 'changed';
    if (outcome !== 'unchanged' && !dryRun) await writeAtomically(join(folder, file), text, 'shared');
    changes.push({ what: pathInRepo(folder, file), outcome });
  }
  return changes;
}

/** What somebody else has put beside the two files stays, and so does the folder then. */
async function remove(repo: Repo, pkg: string, cell: string): Promise<readonly Change[]> {
  const app = findApp(repo, pkg, cell);
  if (!app) return [];
  const files = namesIn(app.directory).filter((file) => file === versionFile || file === valuesFile);
  for (const file of files) await unlink(join(app.directory, file));
  if (namesIn(app.directory).length === 0) await rmdir(app.directory);
  return files.map((file) => ({ what: pathInRepo(app.directory, file), outcome: 'deleted' }));
}

function pathInRepo(folder: string, file: string): string {
  return `apps/${basename(folder)}/${file}`;
}
