import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { firstExisting } from './files.ts';
import { noEntryPoint } from './no-entry-point.ts';
import { ensureNodeDependencies } from './node-dependencies.ts';
import type { Command, Preparation, Runtime } from './runtime.ts';

const candidates = ['src/main.js', 'src/main.mjs', 'src/main.ts'];

/** `generic-node`: `src/main.{js,mjs,ts}`. */
export const node: Runtime = {
  async makeReady(preparation) {
    await ensureNodeDependencies(preparation);
    return preparation.env;
  },

  async entryPoint(preparation) {
    const { context, directory } = preparation;
    const entry = await nodeEntry(directory);
    const args = entry.endsWith('.ts') ? await typeScriptArgs(entry, preparation) : [entry];
    return { file: context.node, args };
  },

  async debugged(command) {
    // As an argument, not as NODE_OPTIONS, which every child of the package would inherit.
    return /^node(\.exe)?$/.test(basename(command.file))
      ? { ...command, args: ['--inspect=127.0.0.1:0', ...command.args] }
      : undefined;
  },
};

/** Absolute path of the module that starts a package; an invalid Failure where there is none. */
export async function nodeEntry(directory: string): Promise<string> {
  const entry = firstExisting(directory, candidates);
  if (entry === undefined) throw noEntryPoint(directory, candidates);
  return entry;
}

/** Node 20 cannot strip types: the package's own tsx does, or else we bundle. */
async function typeScriptArgs(entry: string, { directory, privateDirectory }: Preparation): Promise<Command['args']> {
  const tsx = resolveTsx(directory);
  if (tsx !== undefined) return ['--import', pathToFileURL(tsx).href, entry];
  const { bundleTypeScript } = await import('./bundle-typescript.ts');
  return ['--enable-source-maps', await bundleTypeScript(entry, privateDirectory)];
}

function resolveTsx(directory: string): string | undefined {
  try {
    return createRequire(join(directory, 'package.json')).resolve('tsx');
  } catch {
    return undefined;
  }
}
