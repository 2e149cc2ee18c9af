import { Failure } from '../failure.ts';
import { findProgram } from './find-program.ts';
import type { Launch } from './launch.ts';
import { cloudquery } from './runtimes/cloudquery.ts';
import { dbt } from './runtimes/dbt.ts';
import { go } from './runtimes/go.ts';
import { node } from './runtimes/node.ts';
import { python } from './runtimes/python.ts';
import type { Command, Preparation, Runtime } from './runtimes/runtime.ts';

const runtimes: Readonly<Record<Launch['spec']['runtime'], Runtime>> = {
  'generic-node': node,
  'generic-python': python,
  'generic-go': go,
  dbt,
  cloudquery,
};

/** Makes a package ready to start on this machine: its dependencies, its entry point, an absolute program. */
export async function prepareCommand({ spec, options }: Launch, preparation: Preparation) {
  const runtime = runtimes[spec.runtime];
  const env = await runtime.makeReady(preparation);
  const ready = { ...preparation, env };
  const whole = addArguments(ownCommand(spec.command) ?? (await runtime.entryPoint(ready)), spec, options);
  const command = options.inspect ? await debugged(whole, runtime, ready) : whole;
  return { file: await findProgram(command.file, env['PATH'], preparation.directory), args: command.args, env };
}

function ownCommand([file, ...args]: readonly string[] = []): Command | undefined {
  return file === undefined ? undefined : { file, args };
}

function addArguments({ file, args }: Command, spec: Launch['spec'], options: Launch['options']): Command {
  return { file, args: [...args, ...(spec.args ?? []), ...options.args] };
}

async function debugged(command: Command, runtime: Runtime, preparation: Preparation): Promise<Command> {
  const found = await runtime.debugged(command, preparation);
  if (found) return found;
  throw new Failure('usage', {
    what: `--inspect does not know how to debug ${command.file}`,
    why: 'It opens the debuggers of Node and Python, where the command starts one of them itself',
  });
}
