import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Failure } from '../../failure.ts';
import { isThere } from '../../tools/if-there.ts';
import { findProgram } from '../find-program.ts';
import { inheritedEnvironment } from '../process-environment.ts';
import { runVisibly } from '../run-visibly.ts';
import { noEntryPoint } from './no-entry-point.ts';
import type { Runtime } from './runtime.ts';

/** `generic-go`: `./src` or `./cmd/*`. */
export const go: Runtime = {
  makeReady: async ({ env }) => env,

  /** Built and then started, because `go run` turns every exit code into 1 and stands between us and the package. */
  async entryPoint({ context, directory, privateDirectory }) {
    const program = await findMainPackage(directory);
    const file = await findProgram('go', context.env['PATH'], directory);
    const executable = join(privateDirectory, 'main');
    await runVisibly(context, {
      title: `Building ${relative(directory, program)}`,
      file,
      args: ['build', '-o', executable, '.'],
      cwd: program,
      env: inheritedEnvironment(context.env),
      failure: 'packageFailed',
    });
    return { file: executable, args: [] };
  },

  debugged: async () => undefined,
};

async function findMainPackage(directory: string): Promise<string> {
  const source = join(directory, 'src');
  if ((await names(source)).some((name) => name.endsWith('.go'))) return source;
  const commands = await names(join(directory, 'cmd'));
  const [only, ...others] = commands;
  if (only === undefined) throw noEntryPoint(directory, ['src/main.go', 'cmd/*/main.go']);
  if (others.length === 0) return join(directory, 'cmd', only);
  throw new Failure('invalid', {
    what: 'The package has several entry points',
    why: commands.map((name) => `cmd/${name}`),
    next: `Choose one in dk.yaml: command: [go, run, ./cmd/${only}]`,
  });
}

async function names(directory: string): Promise<string[]> {
  return isThere(directory) ? (await readdir(directory)).sort() : [];
}
