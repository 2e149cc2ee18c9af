import { basename, delimiter, join } from 'node:path';
import { Failure } from '../../failure.ts';
import { printNote } from '../../report/result.ts';
import { run } from '../../tools/exec.ts';
import { isThere } from '../../tools/if-there.ts';
import { findFreePort } from '../../tools/ports.ts';
import { findProgram } from '../find-program.ts';
import { firstExisting } from './files.ts';
import { noEntryPoint } from './no-entry-point.ts';
import { ensurePythonDependencies } from './python-dependencies.ts';
import type { Command, Preparation, Runtime } from './runtime.ts';

/** `generic-python`: `src/main.py`, with the package's own `.venv` where there is one. */
export const python: Runtime = {
  async makeReady(preparation) {
    await ensurePythonDependencies(preparation, await withVirtualEnvironment(preparation));
    // Python keeps output back when it does not go to a terminal; a log that is followed wants it at once.
    return { PYTHONUNBUFFERED: '1', ...(await withVirtualEnvironment(preparation)) };
  },

  async entryPoint({ directory }) {
    return { file: 'python3', args: [await pythonEntry(directory)] };
  },

  async debugged(command, preparation) {
    if (!/^python[\d.]*$/.test(basename(command.file))) return undefined;
    await requireDebugger(command, preparation);
    const address = `127.0.0.1:${await findFreePort(5678)}`;
    await printNote(preparation.context, `debugpy listens on ${address}`);
    return { ...command, args: ['-m', 'debugpy', '--listen', address, ...command.args] };
  },
};

/** Absolute path of the module that starts a package; an invalid Failure where there is none. */
export async function pythonEntry(directory: string): Promise<string> {
  const entry = firstExisting(directory, ['src/main.py']);
  if (entry === undefined) throw noEntryPoint(directory, ['src/main.py']);
  return entry;
}

async function withVirtualEnvironment({ directory, env }: Preparation): Promise<Preparation['env']> {
  const folder = join(directory, '.venv');
  const programs = join(folder, 'bin');
  if (!isThere(programs)) return env;
  return { ...env, VIRTUAL_ENV: folder, PATH: [programs, env['PATH'] ?? ''].join(delimiter) };
}

async function requireDebugger({ file }: Command, { context, directory, env }: Preparation): Promise<void> {
  const interpreter = await findProgram(file, env['PATH'], directory);
  try {
    await run(interpreter, ['-c', 'import debugpy'], { env, cwd: directory, signal: context.signal });
  } catch (cause) {
    context.signal.throwIfAborted();
    throw new Failure('prerequisite', {
      what: '--inspect needs debugpy, which Python does not find',
      next: `${interpreter} -m pip install debugpy`,
      cause,
    });
  }
}
