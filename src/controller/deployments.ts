import { Failure, reasonOf } from '../failure.ts';
import type { Package } from '../manifest/manifest.ts';
import { packageOfManifests } from '../package/of-manifests.ts';
import type { KubernetesObject } from '../tools/kubernetes.ts';
import { readCells } from './cached-cells.ts';
import { childName } from './children.ts';
import { createFlows } from './flows.ts';
import { createInterests } from './interests.ts';
import { uidLabel } from './labels.ts';
import type { Shared } from './loop.ts';
import type { WatchedDeployment } from './observed.ts';
import type { Observed, Resolution } from './reconcile.ts';
import { openData } from './secret-values.ts';
import { resolveDeployment } from './wanted.ts';

/** What is known of all deployments, and who of them has to look again when something changes. */
export interface Deployments {
  /** Undefined for what is gone, or about to be. */
  observe(key: string): Promise<Observed | undefined>;
  /** Whether it writes something else than when it was asked last. */
  isNewProducer(key: string): boolean;
  readersOf(key: string): readonly string[];
  /** Those that asked for a thing such as `Store dk-canary/warehouse`. */
  askersOf(thing: string): readonly string[];
}

export function openDeployments({ kubernetes, caches, now, hide }: Shared): Deployments {
  const data = openData(kubernetes, caches);
  const packages = createPackages();
  const interests = createInterests();
  const flows = createFlows();
  const newProducers = new Set<string>();
  const forget = (key: string) => {
    packages.forget(key);
    interests.set(key, new Set());
    flows.set(key, undefined);
  };
  const resolve = async (key: string, deployment: WatchedDeployment): Promise<Resolution> => {
    const { cells, read } = readCells(kubernetes, caches, data, (thing) => interests.add(key, thing));
    try {
      const wanted = await resolveDeployment(deployment, packages.of(key, deployment), cells);
      hide(wanted.secretValues);
      if (flows.set(key, wanted)) newProducers.add(key);
      return { ok: true, wanted };
    } catch (error) {
      return unresolved(error);
    } finally {
      interests.set(key, read);
    }
  };
  return {
    async observe(key) {
      const deployment = caches.deployments.get(key);
      if (!deployment || deployment.metadata.deletionTimestamp !== undefined) return void forget(key);
      const resolution = await resolve(key, deployment);
      const child = `${deployment.metadata.namespace}/${childName(deployment)}`;
      const isOwn = ({ metadata }: KubernetesObject) => metadata.labels?.[uidLabel] === deployment.metadata.uid;
      return {
        deployment,
        resolution,
        secret: caches.secrets.get(child),
        jobs: caches.jobs.in(deployment.metadata.namespace ?? '').filter(isOwn),
        cronJob: caches.cronJobs.get(child),
        workload: caches.workloads.get(child),
        producers: flows.producersOf(key, caches.deployments.get),
        now: now(),
      };
    },
    isNewProducer: (key) => newProducers.delete(key),
    readersOf: flows.readersOf,
    askersOf: interests.in,
  };
}

interface Packages {
  of(key: string, deployment: WatchedDeployment): Package;
  forget(key: string): void;
}

/** Reads the manifests of a deployment once for each of its generations. */
function createPackages(): Packages {
  const known = new Map<string, { readonly uid: string; readonly pkg: Package }>();
  return {
    of(key, { metadata, spec }) {
      const uid = `${metadata.uid} ${metadata.generation}`;
      const found = known.get(key);
      if (found?.uid === uid) return found.pkg;
      const pkg = packageOfManifests(spec.manifests ?? {});
      known.set(key, { uid, pkg });
      return pkg;
    },
    forget: (key) => void known.delete(key),
  };
}

/** What only another manifest, or another cell, can mend is told to its readers; all else is tried again. */
function unresolved(error: unknown): Resolution {
  if (!(error instanceof Failure)) throw error;
  const message = reasonOf(error);
  switch (error.kind) {
    case 'invalid':
      return { ok: false, reason: 'Invalid', message, isFinal: true };
    case 'refused':
      return { ok: false, reason: 'Refused', message, isFinal: true };
    case 'notFound':
      return { ok: false, reason: 'NotFound', message, isFinal: false };
    default:
      throw error;
  }
}
