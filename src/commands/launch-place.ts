import { resolve } from 'node:path';
import { ownerLabels } from '../cells/ownership.ts';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import type { ContainerPlace, JobPlace, Place } from '../launch/place.ts';
import type { Reach } from '../resolve/address.ts';
import { localCell } from '../resolve/package-keys.ts';
import type { ResolvedRun } from '../resolve/run-spec.ts';
import { userKubeconfig } from '../tools/kubernetes-config.ts';
import type { OpenedWhere, WhereFlags } from './where.ts';

interface PlaceFlags extends WhereFlags {
  readonly launch: Place['launch'];
  readonly keep: boolean;
}

/** From where a package reaches its Stores. */
export function reachOf(launch: Place['launch']): Reach {
  const reaches = { process: 'host', container: 'container', job: 'cluster' } as const;
  return reaches[launch];
}

/** Where a resolved package is to run; a Failure where there is no such place. */
export async function placeOf(
  context: Context,
  flags: PlaceFlags,
  where: OpenedWhere,
  run: ResolvedRun,
): Promise<Place> {
  switch (flags.launch) {
    case 'process':
      return { launch: 'process' };
    case 'container':
      return containerPlace(flags, where, run);
    case 'job':
      return jobPlace(context, flags, where, run);
  }
}

function containerPlace({ keep }: PlaceFlags, { environment }: OpenedWhere, run: ResolvedRun): ContainerPlace {
  const network = environment?.cluster?.network ?? (usesLoopback(run) ? 'host' : 'bridge');
  return { launch: 'container', network, labels: labelsOf(environment), keep };
}

/** Servers that listen on this machine's loopback address only, such as those of an embedded environment. */
function usesLoopback({ stores }: ResolvedRun): boolean {
  const loopback = /(?:^|[@/,])(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)(?:$|[:/?,])/;
  return stores.some(({ fields }) => Object.values(fields).some((value) => loopback.test(value)));
}

async function jobPlace(context: Context, flags: PlaceFlags, where: OpenedWhere, run: ResolvedRun): Promise<JobPlace> {
  const { environment } = where;
  const { keep } = flags;
  if (environment && !environment.cluster) throw noCluster(context, `Environment ${environment.name} has none`);
  if (environment?.cluster) {
    const { login: cluster, images } = environment.cluster;
    const namespace = await namespaceOf(where, run.cell ?? localCell);
    return { launch: 'job', cluster, images, namespace, labels: labelsOf(environment), keep };
  }
  if (flags.context === undefined) throw noCluster(context, 'No environment is up');
  if (run.cell === undefined) throw noCell(context, flags.context);
  const kubeconfig = userKubeconfig(context).files.map((file) => resolve(context.cwd, file));
  const cluster = { kubeconfig, context: flags.context };
  return { launch: 'job', cluster, namespace: await namespaceOf(where, run.cell), labels: {}, keep };
}

function labelsOf(environment: OpenedWhere['environment']) {
  return environment ? ownerLabels(environment.id) : {};
}

async function namespaceOf({ cells }: OpenedWhere, name: string): Promise<string> {
  const cell = await (await cells()).get(name);
  if (cell) return cell.spec.namespace;
  throw new Failure('notFound', { what: `There is no cell ${name} whose namespace the Job could run in` });
}

function noCluster({ program }: Context, why: string): Failure {
  return new Failure('prerequisite', {
    what: 'A Job needs a cluster',
    why,
    next: [`${program} dev up --engine k3d`, 'Or leave --launch out: the package runs as a process of this machine'],
  });
}

function noCell({ program }: Context, contextName: string): Failure {
  return new Failure('usage', {
    what: 'A Job runs in the namespace of a cell',
    why: `Context ${contextName} may have many`,
    next: [`${program} cell list --context ${contextName}`, 'Then choose one with --cell'],
  });
}
