import { lstat, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A package that is installed on this machine. */
export interface InstalledPackage {
  /** Where it was found, `…/node_modules/<name>`. */
  readonly path: string;
  /** Another folder where that is a link, as workspaces and pnpm make them. */
  readonly real: string;
}

/** Every package that Node may load at run time from a folder (a real path), each found as Node would; what is not there is left out. */
export async function installedPackages(directory: string): Promise<readonly InstalledPackage[]> {
  const found = new Map<string, InstalledPackage>();
  const visited = new Set<string>();
  const visit = async (folder: string): Promise<void> => {
    if (visited.has(folder)) return;
    visited.add(folder);
    for (const name of await dependenciesOf(folder)) {
      const installed = await find(folder, name);
      if (!installed) continue;
      found.set(installed.path, installed);
      await visit(installed.real);
    }
  };
  await visit(directory);
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function dependenciesOf(folder: string): Promise<readonly string[]> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(text) as Readonly<
    Record<string, Readonly<Record<string, string>> | undefined>
  >;
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
}

async function find(from: string, name: string): Promise<InstalledPackage | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name);
    const stats = await lstat(path).catch(() => undefined);
    if (stats) return { path, real: stats.isSymbolicLink() ? await realpath(path) : path };
    if (folder === dirname(folder)) return undefined;
  }
}
