import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { lintPath } from '../lint/lint.ts';
import { countText, listing, plainListing } from '../lint/listing.ts';
import { readSourceLines } from '../lint/read-source-lines.ts';
import type { Problem } from '../manifest/problem.ts';
import { type OutputFormat, printResult } from '../report/result.ts';
import { createStyle } from '../report/style.ts';

interface LintOptions {
  /** A package, a folder of cells or one file; the current directory by default. */
  readonly directory?: string | undefined;
  /** Warnings are errors. */
  readonly strict: boolean;
  readonly output: OutputFormat;
}

/** `dk lint`: every problem at once; an invalid Failure when one is an error. */
export async function lint(context: Context, { directory = '.', strict, output }: LintOptions): Promise<void> {
  const found = await lintPath(resolve(context.cwd, directory), { cwd: context.cwd });
  const problems = strict ? found.map((problem) => ({ ...problem, severity: 'error' as const })) : found;
  const forPeople = context.stdout.isTTY === true && output === 'table';
  const sources = forPeople ? readSourceLines(problems, context.cwd) : new Map();
  const style = createStyle(context.stdout, context.env);
  await printResult(context, output, {
    kind: 'LintResult',
    data: { problems: problems.map(withoutMark) },
    table: () => (forPeople ? listing(problems, sources, style) : plainListing(problems)),
  });
  if (problems.every(({ severity }) => severity === 'warning')) return;
  throw new Failure('invalid', {
    what: `${directory === '.' ? 'The manifests here have' : `${directory} has`} ${countText(problems)}`,
  });
}

/** Nobody outside needs to know what may be quoted. */
function withoutMark({ secret: _, ...problem }: Problem): Omit<Problem, 'secret'> {
  return problem;
}
