import type { KubernetesObject } from '../tools/kubernetes.ts';
import { carryOut } from './carry-out.ts';
import { openDeployments } from './deployments.ts';
import { deploymentLabel } from './labels.ts';
import type { Loop, Shared } from './loop.ts';
import { type Change, keyOf } from './object-cache.ts';
import type { WatchedDeployment } from './observed.ts';
import { reconcile } from './reconcile.ts';
import { WorkQueue } from './work-queue.ts';

/** So many deployments at once; more would only wait for the same connections. */
const concurrency = 8;
/** What no news has told of is seen then. */
const resyncMs = 10 * 60_000;

/** Brings every PackageDeployment to what it says. */
export const deploymentsLoop: Loop = {
  name: 'deployments',
  async start(shared, signal) {
    const deployments = openDeployments(shared);
    const work = async (key: string) => {
      const observed = await deployments.observe(key);
      if (!observed) return undefined;
      if (deployments.isNewProducer(key)) for (const reader of deployments.readersOf(key)) queue.add(reader);
      const plan = reconcile(observed);
      await carryOut(shared, observed, plan);
      // What was started is to be told of.
      if (plan.start) queue.add(key);
      return plan.requeueAt;
    };
    const queue = new WorkQueue({ work, concurrency, log: shared.log, now: shared.now, signal });
    const addAll = () => {
      for (const deployment of shared.caches.deployments.all()) queue.add(keyOf(deployment));
    };
    listen(shared, deployments, (key) => queue.add(key));
    addAll();
    const resync = setInterval(addAll, resyncMs);
    await queue.untilAborted().finally(() => clearInterval(resync));
  },
};

type Deployments = ReturnType<typeof openDeployments>;

function listen({ caches }: Shared, deployments: Deployments, look: (key: string) => void): void {
  caches.deployments.listen((change) => {
    look(change.key);
    if (hasSucceeded(change)) for (const reader of deployments.readersOf(change.key)) look(reader);
  });
  for (const cache of [caches.jobs, caches.cronJobs, caches.workloads]) {
    cache.listen(({ before, after }: Change<KubernetesObject>) => {
      const { namespace, labels = {} } = (after ?? before)?.metadata ?? {};
      look(`${namespace}/${labels[deploymentLabel]}`);
    });
  }
  const readBy = (kind: string) => (change: { readonly key: string }) => {
    for (const reader of deployments.askersOf(`${kind} ${change.key}`)) look(reader);
  };
  caches.cells.listen(readBy('Cell'));
  caches.stores.listen(readBy('Store'));
  caches.secrets.listen(readBy('Secret'));
  caches.configMaps.listen(readBy('ConfigMap'));
}

function hasSucceeded({ before, after }: Change<WatchedDeployment>): boolean {
  const [old, run] = [before?.status?.lastRun, after?.status?.lastRun];
  return run?.status === 'Succeeded' && (run.id !== old?.id || run.status !== old.status);
}
