import { realpath } from 'node:fs/promises';
import { platform } from 'node:os';
import { dirname, join, posix, relative, sep } from 'node:path';
import { printNote } from '../../report/result.ts';
import { bundleTypeScript } from '../runtimes/bundle-typescript.ts';
import { nodeEntry } from '../runtimes/node.ts';
import { ensureNodeDependencies } from '../runtimes/node-dependencies.ts';
import type { Preparation } from '../runtimes/runtime.ts';
import { type ImageFile, imageFile, listFiles } from './image-file.ts';
import { type InstalledPackage, installedPackages } from './node-modules.ts';
import { packageFiles } from './package-files.ts';
import { type ImageRecipe, ownFolder } from './recipe.ts';

const home = '/app';

/**
 * An image for `generic-node`. What npm has installed here is copied, and keeps its place relative to the package, so that
 * Node finds it as it does here, above the package's folder too. TypeScript is always bundled: tsx is a tool of this machine.
 */
export async function nodeRecipe(preparation: Preparation, hasOwnCommand: boolean): Promise<ImageRecipe> {
  await ensureNodeDependencies(preparation);
  const directory = await realpath(preparation.directory);
  const packages = await installedPackages(directory);
  const root = commonFolder([directory, ...packages.flatMap(({ path, real }) => [dirname(path), real])]);
  const inside = (path: string) => posix.join(home, ...relative(root, path).split(sep));
  const entry = hasOwnCommand ? undefined : await startOf(directory, preparation, inside);
  const dependencies = (await Promise.all(packages.map((installed) => filesOf(installed, inside)))).flat();
  await warnOfNativeModules(preparation, dependencies);
  return {
    base: 'node:24-slim',
    directory: inside(directory),
    env: {},
    command: entry?.command,
    source: [...(await packageFiles(directory, inside(directory))), ...(entry?.files ?? [])],
    dependencies,
  };
}

interface Start {
  readonly command: readonly string[];
  readonly files: readonly ImageFile[];
}

async function startOf(
  directory: string,
  { privateDirectory }: Preparation,
  inside: (path: string) => string,
): Promise<Start> {
  const entry = await nodeEntry(directory);
  if (!entry.endsWith('.ts')) return { command: ['node', inside(entry)], files: [] };
  const bundle = posix.join(ownFolder, 'main.mjs');
  const source = await bundleTypeScript(entry, privateDirectory, inside);
  return {
    command: ['node', '--enable-source-maps', bundle],
    files: [{ kind: 'file', path: bundle, source, executable: false }],
  };
}

function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split(sep));
  const length = first.findIndex((part, index) => others.some((parts) => parts[index] !== part));
  return first.slice(0, length < 0 ? first.length : length).join(sep) || sep;
}

async function filesOf({ path, real }: InstalledPackage, inside: (path: string) => string) {
  if (path === real) return modulesFiles(real, inside);
  // A link between folders that both keep their places.
  const target = posix.relative(posix.dirname(inside(path)), inside(real));
  const link: ImageFile = { kind: 'link', path: inside(path), target };
  const isInstalled = real.includes(`${sep}node_modules${sep}`);
  return [link, ...(isInstalled ? await modulesFiles(real, inside) : await packageFiles(real, inside(real)))];
}

async function modulesFiles(folder: string, inside: (path: string) => string): Promise<readonly ImageFile[]> {
  const paths = await listFiles(folder, new Set(['node_modules']));
  return Promise.all(paths.map((path) => imageFile(join(folder, path), inside(join(folder, path)))));
}

async function warnOfNativeModules({ context }: Preparation, files: readonly ImageFile[]): Promise<void> {
  const native = files.find(({ path }) => path.endsWith('.node'));
  if (platform() === 'linux' || !native) return;
  await printNote(context, `${native.path} was installed for ${platform()}, and may not load in a Linux image`);
}
