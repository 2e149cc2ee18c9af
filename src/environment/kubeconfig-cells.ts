import { changingOnlyConfirmed } from '../cells/confirmed.ts';
import { openKubernetesCells } from '../cells/kubernetes.ts';
import type { CellRepository } from '../cells/repository.ts';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { didYouMean } from '../manifest/near-miss.ts';
import { openKubernetes } from '../tools/kubernetes.ts';
import { listContexts, userKubeconfig } from '../tools/kubernetes-config.ts';

/** The cells of a context of the user's kubeconfig; a prerequisite Failure with all that `--context` could name. */
export async function openContextCells(
  context: Context,
  name: string,
  { confirmed, environments }: { readonly confirmed: readonly string[]; readonly environments: readonly string[] },
): Promise<CellRepository> {
  const source = userKubeconfig(context);
  const { names } = await listContexts(source);
  if (!names.includes(name)) throw unknownContext(context, name, environments, names);
  const kubernetes = await openKubernetes(context, source, name);
  const cells = openKubernetesCells({ kubernetes, where: `context ${name}` });
  return changingOnlyConfirmed(inContext(cells, name), confirmed);
}

function inContext(cells: CellRepository, context: string): CellRepository {
  return { ...cells, context, snapshot: () => inContext(cells.snapshot(), context) };
}

/** The current context of the user's kubeconfig, if it has one. */
export async function currentContext(context: Context): Promise<string | undefined> {
  return (await listContexts(userKubeconfig(context))).current;
}

function unknownContext(
  context: Context,
  name: string,
  environments: readonly string[],
  contexts: readonly string[],
): Failure {
  const { files } = userKubeconfig(context);
  return new Failure('prerequisite', {
    what: `There is no environment and no context ${name}${didYouMean(name, [...environments, ...contexts])}`,
    why: [
      environments.length === 0 ? 'There is no environment yet' : `Environments: ${environments.join(', ')}`,
      contexts.length === 0
        ? `There is no context in ${files.join(', ')}`
        : `Contexts in ${files.join(', ')}: ${contexts.join(', ')}`,
    ],
    next: `${context.program} dev up`,
  });
}
