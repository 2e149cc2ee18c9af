import { resolve } from 'node:path';
import { requireConfirmed } from '../../cells/confirmed.ts';
import type { CellRepository } from '../../cells/repository.ts';
import type { Context } from '../../context.ts';
import { environmentName } from '../../environment/names.ts';
import { meantEnvironment, needEnvironment, selectCells } from '../../environment/select.ts';
import { Failure } from '../../failure.ts';
import type { NodeImages } from '../../launch/place.ts';
import { openCluster } from '../../release/deploy/cluster.ts';
import type { Deployments } from '../../release/deploy/deployments.ts';
import { openRepo } from '../../release/deploy/repo.ts';
import { requireGit } from '../../tools/git-files.ts';
import { type Kubernetes, openKubernetes } from '../../tools/kubernetes.ts';
import { userKubeconfig } from '../../tools/kubernetes-config.ts';

/** Where deployments are. */
export interface TargetFlags {
  readonly context?: string | undefined;
  /** Cells of tier stable or prod that may be changed. */
  readonly confirm?: readonly string[];
  /** Folder of a CM repo. */
  readonly repo?: string | undefined;
  /** Whether what is written into the repo is to be committed. */
  readonly commit?: boolean;
}

/** The deployments that a command speaks of. */
export interface Target {
  readonly deployments: Deployments;
  /** Undefined for a CM repo. */
  readonly cluster: TargetCluster | undefined;
  /** Absolute folder of a CM repo. */
  readonly repo: string | undefined;
}

interface TargetCluster {
  readonly kubernetes: Kubernetes;
  /** Undefined where it is not ours. */
  readonly images: NodeImages | undefined;
}

/** A CM repo where one is named, else a cluster; a prerequisite Failure where that is none. */
export async function openTarget(context: Context, flags: TargetFlags, writing: boolean): Promise<Target> {
  const { context: contextName } = flags;
  if (flags.repo !== undefined) {
    const repo = resolve(context.cwd, flags.repo);
    const deployments = openRepo(context, repo);
    if (flags.commit) await requireGit(context, repo);
    if (contextName === undefined) return { deployments, cluster: undefined, repo };
    // The repo is written, the cluster only asked for its cells.
    const cells = await selectCells(context, { contextName, writing: false });
    return { deployments: { ...deployments, cells, cellsIn: 'cluster' }, cluster: undefined, repo };
  }
  const cells = await selectCells(context, { contextName, writing, confirmed: flags.confirm });
  const { images, ...opened } = await openClusterOf(context, contextName, cells);
  const deployments = openCluster({ ...opened, cells: cells.snapshot(), now: context.now });
  return { deployments, cluster: { kubernetes: opened.kubernetes, images }, repo: undefined };
}

async function openClusterOf(context: Context, contextName: string | undefined, cells: CellRepository) {
  if (cells.context !== undefined) {
    const kubernetes = await openKubernetes(context, userKubeconfig(context), cells.context);
    return { kubernetes, force: false, images: undefined };
  }
  const name = environmentName(context, contextName && (await meantEnvironment(context, contextName)));
  const { cluster } = await needEnvironment(context, name);
  if (!cluster) throw noCluster(context, name);
  const { login, images } = cluster;
  const kubernetes = await openKubernetes(context, { files: login.kubeconfig }, login.context);
  return { kubernetes, force: true, images };
}

function noCluster({ program }: Context, name: string): Failure {
  return new Failure('prerequisite', {
    what: 'Deployments need a cluster, whose controller runs them',
    why: `Environment ${name} is embedded: it has none`,
    next: [
      `${program} dev up --engine k3d --env ${name === 'local' ? 'cluster' : `${name}-cluster`}, then --context with that name`,
      'Or name a cluster of your kubeconfig with --context, or the folder of a CM repo with --repo',
    ],
  });
}

/** A usage Failure for a cell of tier stable or prod, in a cluster that is not ours, whose name was not repeated. */
export async function requireConfirmedTarget(
  { deployments, repo }: Target,
  cell: string,
  { confirm = [] }: TargetFlags,
): Promise<void> {
  const { cells } = deployments;
  if (repo === undefined && cells?.context !== undefined) await requireConfirmed(cells, cell, confirm);
}
