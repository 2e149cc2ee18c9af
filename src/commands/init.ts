import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { initPackage } from '../package/init/init-package.ts';
import { type OutputFormat, printResult } from '../report/result.ts';

interface InitOptions {
  /** A folder of this name is made; without it the package is written where the command was started. */
  readonly name?: string | undefined;
  readonly runtime: string;
  readonly output: OutputFormat;
}

/** `dk init`: writes a package that lints and runs as it is. */
export async function init(context: Context, { name, runtime, output }: InitOptions): Promise<void> {
  const directory = resolve(context.cwd, name ?? '.');
  const files = await initPackage({ directory, name, runtime });
  await printResult(context, output, {
    kind: 'NewPackage',
    data: { directory, files },
    table: () => [...files.map((file) => `  ${file}`), '', ...nextLines(context.program, name)].join('\n'),
  });
}

function nextLines(program: string, name: string | undefined): readonly string[] {
  const enter = name === undefined ? [] : [`  cd ${name}`];
  return ['Next:', ...enter, `  ${program} dev up && ${program} dev seed && ${program} run`];
}
