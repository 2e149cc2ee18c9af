import { readFile } from 'node:fs/promises';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import type { JsonMemory } from '../../tools/json-memory.ts';
import { type Kubernetes, openKubernetes } from '../../tools/kubernetes.ts';
import { openContext } from '../../tools/kubernetes-config.ts';
import { KubernetesFault } from '../../tools/kubernetes-fault.ts';
import type { Cluster } from './cluster.ts';

/** What a kubeconfig says that asks for no certificate. */
const unpinned = 'insecure-skip-tls-verify';

/** Its name in the environment's folder. */
export const ownKubeconfig = 'kubeconfig';

/** The environment's own kubeconfig, or undefined where there is none yet, or none that has its context. */
export async function readOwnKubeconfig(file: string, contextName: string): Promise<string | undefined> {
  const text = await readText(file);
  if (text === undefined) return undefined;
  try {
    await openContext({ text }, contextName);
    return text;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/**
 * Opens the cluster that the own kubeconfig names; one client as long as the file says the same. Whatever the file says, it
 * leads to the environment's own node, or nowhere: a refused Failure.
 */
export function openOwnKubernetes(
  context: Context,
  file: string,
  { names, apiServer }: Pick<Cluster, 'names' | 'apiServer'>,
  memory: JsonMemory,
): () => Promise<Kubernetes> {
  let opened: { readonly text: string; readonly kubernetes: Promise<Kubernetes> } | undefined;
  async function open(text: string): Promise<Kubernetes> {
    const kubernetes = await openKubernetes(context, { text }, names.context, memory).catch((error: unknown) => {
      // It has no such context.
      throw error instanceof Failure ? missing(context, names.context) : error;
    });
    // It pins the certificate of the node, so what it led to once it leads to for ever, or nowhere.
    const key = `leads to our node\0${text}`;
    if (!text.includes(unpinned) && memory.recall(key)) return kubernetes;
    const own = await apiServer();
    if (kubernetes.server === own) {
      await memory.remember(key, true);
      return kubernetes;
    }
    throw own === undefined ? noNode(context, names) : elsewhere(context, file, kubernetes.server, own);
  }
  return async () => {
    const text = await readText(file);
    if (text === undefined) throw missing(context, names.context);
    if (opened?.text !== text) opened = { text, kubernetes: open(text) };
    return opened.kubernetes;
  };
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function missing({ program }: Context, contextName: string): Failure {
  return new Failure('prerequisite', {
    what: `There is no kubeconfig of ${contextName} yet`,
    next: `${program} dev up`,
  });
}

function noNode({ program }: Context, { cluster, server }: Cluster['names']): Failure {
  return new Failure('prerequisite', {
    what: `The cluster ${cluster} has no node`,
    why: `There is no container ${server} of this environment`,
    next: `${program} dev up`,
    cause: new KubernetesFault('unreachable', 'it has no node'),
  });
}

function elsewhere({ program }: Context, file: string, server: string, own: string): Failure {
  return new Failure('refused', {
    what: `${file} leads to another cluster`,
    why: `It says ${server}, and the environment's own node is at ${own}`,
    next: `"${program} dev up" writes it anew`,
  });
}
