import { join, posix, relative, sep } from 'node:path';
import { isThere } from '../../tools/if-there.ts';
import { findProgram } from '../find-program.ts';
import { inheritedEnvironment } from '../process-environment.ts';
import { runVisibly } from '../run-visibly.ts';
import { pythonEntry } from '../runtimes/python.ts';
import type { Preparation } from '../runtimes/runtime.ts';
import { type ImageFile, imageFile, listFiles } from './image-file.ts';
import { packageFiles } from './package-files.ts';
import { type ImageRecipe, ownFolder } from './recipe.ts';

const home = '/app';
const libraries = posix.join(ownFolder, 'site-packages');

/** Python of the base image; wheels are chosen for it. */
const version = '3.13';

/**
 * An image for `generic-python`. The `.venv` of this machine is for its own Python, so pip gets what requirements.txt
 * asks for once more, as wheels for the image's.
 */
export async function pythonRecipe(
  preparation: Preparation,
  hasOwnCommand: boolean,
  machine: string,
): Promise<ImageRecipe> {
  const { directory } = preparation;
  const requirements = join(directory, 'requirements.txt');
  const hasRequirements = isThere(requirements);
  return {
    base: `python:${version}-slim`,
    directory: home,
    env: { PYTHONUNBUFFERED: '1', ...(hasRequirements && { PYTHONPATH: libraries }) },
    command: hasOwnCommand ? undefined : ['python3', await startOf(directory)],
    source: await packageFiles(directory, home),
    dependencies: [],
    ...(hasRequirements && { install: () => installWheels(requirements, machine, preparation) }),
  };
}

/** Path inside of the module that starts a package. */
async function startOf(directory: string): Promise<string> {
  return posix.join(home, ...relative(directory, await pythonEntry(directory)).split(sep));
}

async function installWheels(
  requirements: string,
  machine: string,
  { context, directory, privateDirectory }: Preparation,
): Promise<readonly ImageFile[]> {
  const folder = join(privateDirectory, 'site-packages');
  const platforms = ['manylinux_2_28', 'manylinux_2_17', 'manylinux2014'].map((name) => `${name}_${machine}`);
  const wanted = [
    '--python-version',
    version,
    '--only-binary',
    ':all:',
    ...platforms.flatMap((p) => ['--platform', p]),
  ];
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-compile'];
  await runVisibly(context, {
    title: `Installing what requirements.txt asks for, for the image's Python ${version}`,
    file: await findProgram('python3', context.env['PATH'], directory),
    args: ['-m', 'pip', 'install', ...quiet, ...wanted, '--target', folder, '-r', requirements],
    cwd: directory,
    env: inheritedEnvironment(context.env),
    failure: 'unhealthy',
  });
  const paths = await listFiles(folder, new Set(['__pycache__']));
  return Promise.all(paths.map((path) => imageFile(join(folder, path), posix.join(libraries, path))));
}
