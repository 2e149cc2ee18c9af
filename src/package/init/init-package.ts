import { readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure, reasonOf } from '../../failure.ts';
import { makeFolder } from '../../tools/make-folder.ts';
import { checkPackageName } from './package-name.ts';
import { checkRuntime } from './runtime.ts';
import { readTemplate, type TemplateFile } from './template.ts';

interface NewPackage {
  /** Absolute; made where it is missing. */
  readonly directory: string;
  /** The folder's name by default. */
  readonly name?: string | undefined;
  /** As `--runtime` takes it. */
  readonly runtime: string;
}

/**
 * Writes a package that lints and runs as it is, and gives the files' paths relative to its folder, sorted.
 * usage Failure for an impossible name or runtime, conflict for a folder that holds something already.
 */
export async function initPackage({ directory, name, runtime }: NewPackage): Promise<readonly string[]> {
  const values = { name: checkPackageName(name ?? basename(directory)), runtime: checkRuntime(runtime) };
  const files = await readTemplate(values);
  await refuseOccupied(directory);
  await writeAll(directory, files);
  return files.map((file) => file.path);
}

async function refuseOccupied(directory: string): Promise<void> {
  const found = await namesIn(directory);
  if (found.length === 0) return;
  throw new Failure('conflict', {
    what: `${directory} is not empty`,
    why: `it holds ${listed(found)}`,
    next: anotherPlace,
  });
}

const anotherPlace = 'Choose another name, or an empty folder';

/** What is in the way: a fresh `git init` is not. */
async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((entry) => entry !== '.git').sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw cannotWrite(directory, error);
  }
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

async function writeAll(directory: string, files: readonly TemplateFile[]): Promise<void> {
  try {
    for (const { path, text } of files) {
      makeFolder(dirname(join(directory, path)));
      await writeFile(join(directory, path), text, { flag: 'wx' });
    }
  } catch (error) {
    throw cannotWrite(directory, error);
  }
}

/** Anything the file system refuses is the user's to mend: a file of that name, permissions, a full disk. */
function cannotWrite(directory: string, error: unknown): unknown {
  if (codeOf(error) === undefined) return error;
  const inTheWay = codeOf(error) === 'ENOTDIR';
  return new Failure(inTheWay ? 'conflict' : 'prerequisite', {
    what: `No package can be written into ${directory}`,
    why: reasonOf(error),
    next: inTheWay ? anotherPlace : ['Start dk init where you may write, such as: cd "$(mktemp -d)"'],
    cause: error,
  });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
