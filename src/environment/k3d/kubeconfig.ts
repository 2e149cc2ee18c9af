import { readFile } from 'node:fs/promises';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { type Kubernetes, openKubernetes } from '../../tools/kubernetes.ts';

/** Its name in the environment's folder. */
export const ownKubeconfig = 'kubeconfig';

/** The environment's own kubeconfig, or undefined where there is none yet. */
export async function readOwnKubeconfig(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Opens the cluster that the own kubeconfig names; one client as long as the file says the same. */
export function openOwnKubernetes(context: Context, file: string, contextName: string): () => Promise<Kubernetes> {
  let opened: { readonly text: string; readonly kubernetes: Promise<Kubernetes> } | undefined;
  return async () => {
    const text = await readOwnKubeconfig(file);
    if (text === undefined) {
      throw new Failure('prerequisite', {
        what: `There is no kubeconfig of ${contextName} yet`,
        next: `${context.program} dev up`,
      });
    }
    if (opened?.text !== text) opened = { text, kubernetes: openKubernetes(context, { text }, contextName) };
    return opened.kubernetes;
  };
}
