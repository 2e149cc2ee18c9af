import { join } from 'node:path';
import { run } from '../../tools/exec.ts';
import { isThere } from '../../tools/if-there.ts';
import { findProgram } from '../find-program.ts';
import { inheritedEnvironment } from '../process-environment.ts';
import { runVisibly } from '../run-visibly.ts';
import { requirementsCheck } from './requirements-check.ts';
import type { Preparation } from './runtime.ts';

/** Runs pip, in a `.venv` of the package, only when something that requirements.txt names is not there. */
export async function ensurePythonDependencies(preparation: Preparation, env: Preparation['env']): Promise<void> {
  const { directory } = preparation;
  const requirements = join(directory, 'requirements.txt');
  if (!isThere(requirements)) return;
  const interpreter = await findProgram('python3', env['PATH'], directory);
  const missing = await missingRequirements(interpreter, requirements, preparation);
  if (missing.length > 0) await install(interpreter, requirements, missing, preparation);
}

async function missingRequirements(
  interpreter: string,
  requirements: string,
  { context, directory }: Preparation,
): Promise<readonly string[]> {
  const { stdout } = await run(interpreter, ['-c', requirementsCheck, requirements], {
    cwd: directory,
    env: inheritedEnvironment(context.env),
    signal: context.signal,
  });
  return stdout.split('\n').filter((line) => line !== '');
}

async function install(
  interpreter: string,
  requirements: string,
  missing: readonly string[],
  { context, directory }: Preparation,
): Promise<void> {
  const folder = join(directory, '.venv');
  const command = { cwd: directory, env: inheritedEnvironment(context.env), failure: 'unhealthy' } as const;
  const title = `Installing dependencies, for want of ${missing.join(', ')}`;
  if (!isThere(folder)) {
    await runVisibly(context, { ...command, title: 'Making .venv', file: interpreter, args: ['-m', 'venv', folder] });
  }
  const args = ['-m', 'pip', 'install', '--disable-pip-version-check', '-r', requirements];
  await runVisibly(context, { ...command, title, file: join(folder, 'bin', 'python3'), args });
}
