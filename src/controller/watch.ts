import { setTimeout as pause } from 'node:timers/promises';
import { reasonOf } from '../failure.ts';
import type { Cell } from '../manifest/schema/cell.ts';
import type { Store } from '../manifest/schema/store.ts';
import type { Kind, Kubernetes, KubernetesObject } from '../tools/kubernetes.ts';
import { kubernetesReasonOf } from '../tools/kubernetes-fault.ts';
import type { Selection, ViewOptions } from '../tools/kubernetes-object.ts';
import type { WatchEvent } from '../tools/kubernetes-watch.ts';
import { deploymentLabel } from './labels.ts';
import type { Log } from './log.ts';
import { createObjectCache, type ObjectCache } from './object-cache.ts';
import type { ObservedCronJob, ObservedDeployment, ObservedJob, WatchedDeployment } from './observed.ts';

/** What a server adds to a resource of ours. */
export type Served<Resource> = Resource & KubernetesObject;

/** All that the loops look at; each kind is watched once. */
export interface Caches {
  readonly deployments: ObjectCache<WatchedDeployment>;
  readonly cells: ObjectCache<Served<Cell>>;
  readonly stores: ObjectCache<Served<Store>>;
  /** Without what they hold. */
  readonly secrets: ObjectCache<KubernetesObject>;
  /** Without what they hold. */
  readonly configMaps: ObjectCache<KubernetesObject>;
  readonly namespaces: ObjectCache<KubernetesObject>;
  /** What the controller has made for deployments, and what its CronJobs have started. */
  readonly jobs: ObjectCache<ObservedJob>;
  readonly cronJobs: ObjectCache<ObservedCronJob>;
  readonly workloads: ObjectCache<ObservedDeployment>;
}

/** Follows every kind until the signal is aborted; gives the caches once all of them hold what the cluster does. */
export async function watchCluster(kubernetes: Kubernetes, log: Log, signal: AbortSignal): Promise<Caches> {
  const started: Promise<void>[] = [];
  const follow = <T extends KubernetesObject>(selection: Selection, view?: ViewOptions): ObjectCache<T> => {
    const { cache, listed } = followKind<T>(kubernetes, { selection, view, log, signal });
    started.push(listed);
    return cache;
  };
  const ours = (kind: Kind) => ({ kind, labels: { [deploymentLabel]: undefined } });
  const light = { metadataOnly: true };
  const caches = {
    deployments: follow<WatchedDeployment>({ kind: 'PackageDeployment' }),
    cells: follow<Served<Cell>>({ kind: 'Cell' }),
    stores: follow<Served<Store>>({ kind: 'Store' }),
    secrets: follow({ kind: 'Secret' }, light),
    configMaps: follow({ kind: 'ConfigMap' }, light),
    namespaces: follow({ kind: 'Namespace' }),
    jobs: follow<ObservedJob>(ours('Job')),
    cronJobs: follow<ObservedCronJob>(ours('CronJob')),
    workloads: follow<ObservedDeployment>(ours('Deployment')),
  };
  await Promise.all(started);
  return caches;
}

interface Following {
  readonly selection: Selection;
  readonly view: ViewOptions | undefined;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Rejects where the kind cannot be listed at all; a cluster that does not answer is waited for. */
function followKind<T extends KubernetesObject>(kubernetes: Kubernetes, following: Following) {
  const { cache, take } = createObjectCache<T>();
  const listed = new Promise<void>((resolve, reject) => {
    void followForEver<T>(kubernetes, following, (event) => {
      take(event);
      resolve();
      // Where it ends before that, nobody waits any longer.
    }).then(resolve, reject);
  });
  return { cache, listed };
}

const againMs = 2000;

async function followForEver<T extends KubernetesObject>(
  kubernetes: Kubernetes,
  { selection, view, log, signal }: Following,
  take: (event: WatchEvent<T>) => void,
): Promise<void> {
  for (let seen = false; !signal.aborted; ) {
    try {
      for await (const event of kubernetes.watch<T>(selection, signal, view)) {
        take(event);
        seen = true;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!seen && !passes(error)) throw error;
      log.warn(`${selection.kind}s cannot be watched`, { why: reasonOf(error) });
      await pause(againMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** There are clusters that do not answer for a while; one that refuses will go on to. */
function passes(error: unknown): boolean {
  const reason = kubernetesReasonOf(error);
  return reason === 'unreachable' || reason === 'timeout' || reason === 'server';
}
