import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Context } from '../../context.ts';
import { Failure, reasonOf } from '../../failure.ts';
import type { Chart } from '../../package/chart/chart.ts';
import { chartFolder } from '../../package/layout.ts';
import { writeAtomically } from '../../tools/atomic-file.ts';
import { isThere, statIfThere } from '../../tools/if-there.ts';
import type { BuiltPackage } from './build-package.ts';

/** Where a chart was written; absolute. */
export interface WrittenChart {
  readonly folder: string;
  readonly file: string;
}

/**
 * Writes a chart as `<name>/` and `<name>-<version>.tgz` into a folder, by default `dist/chart` of the package.
 * usage Failure for a folder among the package's own files, conflict for a `<name>/` that is no chart.
 */
export async function writeChart(
  context: Context,
  built: BuiltPackage,
  out: string | undefined,
): Promise<WrittenChart> {
  const { chart, packed } = built;
  const own = join(built.package.directory, chartFolder);
  const target = out === undefined ? own : resolve(context.cwd, out);
  if (target !== own) refuseInside(built.package.directory, target);
  const folder = join(target, chart.name);
  const file = join(target, `${chart.name}-${chart.version}.tgz`);
  requireReplaceable(folder);
  try {
    await mkdir(target, { recursive: true });
    // Git need not be told what can be made again, and a chart that it saw would make the next version a dirty one.
    if (target === own) await writeFile(join(own, '.gitignore'), '*\n');
    await replaceFolder(folder, chart);
    await writeAtomically(file, packed.tgz, 'shared');
  } catch (error) {
    throw notWritten(target, error);
  }
  return { folder, file };
}

function refuseInside(directory: string, target: string): void {
  const path = relative(directory, target);
  if (path === '..' || path.startsWith(`..${sep}`)) return;
  throw new Failure('usage', {
    what: `--out ${path || '.'} is in the package itself`,
    why: 'The next build would take the chart for a change of the package, and put it into the image',
    next: [`Leave --out out: the chart is then in ${chartFolder}`, 'Or choose a folder outside: --out ../charts'],
  });
}

/** Whatever has the chart's name must be one that dk made: the package's own folder may well be called so. */
function requireReplaceable(folder: string): void {
  if (!isThere(folder) || isThere(join(folder, 'templates/packagedeployment.yaml'))) return;
  throw new Failure('conflict', {
    what: `${folder} is in the way`,
    why: `It is ${statIfThere(folder)?.isDirectory() ? 'a folder' : 'a file'} that dk build did not write`,
    next: 'Choose another folder: --out ../charts',
  });
}

async function replaceFolder(folder: string, { files }: Chart): Promise<void> {
  const draft = join(dirname(folder), `.chart.${randomBytes(6).toString('hex')}`);
  try {
    for (const { path, text } of files) {
      await mkdir(dirname(join(draft, path)), { recursive: true });
      await writeFile(join(draft, path), text, { flag: 'wx' });
    }
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function notWritten(target: string, cause: unknown): unknown {
  if (!(cause instanceof Error && 'code' in cause)) return cause;
  return new Failure('prerequisite', {
    what: `The chart cannot be written into ${target}`,
    why: reasonOf(cause),
    next: 'Choose a folder where you may write: --out ../charts',
    cause,
  });
}
