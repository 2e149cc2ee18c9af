import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Context } from '../context.ts';
import { Failure, reasonOf } from '../failure.ts';

/** Where to read a kubeconfig: its text, or files of which the first that names something wins. */
export type KubeconfigSource = { readonly text: string } | { readonly files: readonly string[] };

/** The user's own files: `$KUBECONFIG`, or `~/.kube/config`. */
export function userKubeconfig({ env }: Pick<Context, 'env'>): { readonly files: readonly string[] } {
  const files = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  return { files: files.length > 0 ? files : [join(env['HOME'] || homedir(), '.kube', 'config')] };
}

/** The contexts of a kubeconfig by name, and the current one, if there is one; files that do not exist hold none. */
export async function listContexts(source: KubeconfigSource): Promise<{ names: readonly string[]; current?: string }> {
  const config = await loadKubeconfig(source);
  const names = config.contexts.map(({ name }) => name).sort();
  return names.includes(config.currentContext) ? { names, current: config.currentContext } : { names };
}

/** The kubeconfig pinned to one of its contexts. */
export async function openContext(source: KubeconfigSource, contextName: string): Promise<KubeConfig> {
  const config = await loadKubeconfig(source);
  config.setCurrentContext(contextName);
  const context = config.getContextObject(contextName);
  if (context === null) throw noContext(contextName, config);
  if (config.getCurrentCluster() !== null && config.getCurrentUser() !== null) return config;
  throw new Failure('prerequisite', {
    what: `Context ${contextName} of the kubeconfig is not whole`,
    why: `cluster ${context.cluster} or user ${context.user} is missing in it`,
    next: 'kubectl config view',
  });
}

async function loadKubeconfig(source: KubeconfigSource): Promise<KubeConfig> {
  // The package's index would bring every generated API along: five times as much to load.
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const merged = new KubeConfig();
  if ('text' in source) parseInto(merged, source.text, 'the kubeconfig');
  else for (const file of source.files) mergeFile(merged, await readConfig(new KubeConfig(), file));
  return merged;
}

async function readConfig(config: KubeConfig, file: string): Promise<KubeConfig> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new Failure('prerequisite', { what: `${file} cannot be read`, why: reasonOf(error), cause: error });
  });
  if (text.trim() === '') return config;
  parseInto(config, text, file);
  config.makePathsAbsolute(dirname(file));
  return config;
}

/** What the parser says would quote the text, tokens and all. */
function parseInto(config: KubeConfig, text: string, name: string): void {
  try {
    config.loadFromString(text, { onInvalidEntry: 'filter' });
  } catch {
    throw new Failure('prerequisite', { what: `${name} is not a kubeconfig`, next: 'kubectl config view' });
  }
}

/** kubectl's rule: of two entries of one name the first counts, and so does the first current context. */
function mergeFile(merged: KubeConfig, file: KubeConfig): void {
  for (const cluster of file.clusters) if (!merged.getCluster(cluster.name)) merged.addCluster(cluster);
  for (const user of file.users) if (!merged.getUser(user.name)) merged.addUser(user);
  for (const context of file.contexts) if (!merged.getContextObject(context.name)) merged.addContext(context);
  if (!merged.currentContext) merged.setCurrentContext(file.currentContext);
}

function noContext(name: string, { contexts }: KubeConfig): Failure {
  return new Failure('prerequisite', {
    what: `The kubeconfig has no context ${name}`,
    why: contexts.length === 0 ? 'It has none at all' : `It has ${contexts.map((context) => context.name).join(', ')}`,
    next: 'kubectl config get-contexts',
  });
}
