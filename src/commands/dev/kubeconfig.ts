import { readFile } from 'node:fs/promises';
import type { Context } from '../../context.ts';
import { devCommand, environmentName } from '../../environment/names.ts';
import { needEnvironment } from '../../environment/select.ts';
import { Failure } from '../../failure.ts';
import { printText } from '../../report/result.ts';
import { orUndefined } from '../../tools/if-there.ts';

interface DevKubeconfigFlags {
  readonly env?: string;
  /** The path instead of the content. */
  readonly path: boolean;
}

/** `dk dev kubeconfig`: the file with which dk itself reaches the cluster, or where it is. */
export async function devKubeconfig(context: Context, { env, path }: DevKubeconfigFlags): Promise<void> {
  const { name, cluster } = await needEnvironment(context, environmentName(context, env));
  const [file] = cluster?.login.kubeconfig ?? [];
  if (file === undefined) {
    throw new Failure('prerequisite', {
      what: `Environment ${name} has no kubeconfig`,
      why: 'It is embedded: its cells are files, and no cluster has them',
      next: `One with a cluster, beside it: ${context.program} dev up --env ${name}-k3d --engine k3d`,
    });
  }
  const text = await orUndefined(readFile(file, 'utf8'));
  if (text === undefined) {
    throw new Failure('prerequisite', {
      what: `Environment ${name} has no kubeconfig yet`,
      why: `There is no ${file}`,
      next: devCommand(context, 'up', name),
    });
  }
  await printText(context, path ? `${file}\n` : text);
}
