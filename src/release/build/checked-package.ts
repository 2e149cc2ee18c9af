import { join } from 'node:path';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { lintPackage } from '../../lint/lint-package.ts';
import type { Package } from '../../manifest/manifest.ts';
import { problemText } from '../../manifest/problem.ts';
import { transformFile } from '../../package/layout.ts';
import { loadValidPackage } from '../../package/load.ts';
import { printNote } from '../../report/result.ts';
import { statIfThere } from '../../tools/if-there.ts';

/** The package in an absolute folder, without an error that `dk lint` finds; its warnings are counted on stderr. */
export async function checkedPackage(context: Context, directory: string): Promise<Package> {
  const options = { cwd: context.cwd };
  const problems = statIfThere(join(directory, transformFile)) ? await lintPackage(directory, options) : [];
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new Failure('invalid', {
      what: `The package has ${countOf(errors.length, 'error')}`,
      why: errors.map(problemText),
      next: `${context.program} lint shows each in its place, with warnings`,
    });
  }
  const pkg = await loadValidPackage(directory, options);
  if (problems.length > 0)
    await printNote(context, `${countOf(problems.length, 'warning')}: ${context.program} lint shows more`);
  return pkg;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
