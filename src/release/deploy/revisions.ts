import { createHash } from 'node:crypto';
import { apiVersion } from '../../manifest/api-version.ts';
import { labels } from '../../package/chart/template.ts';
import type { Kubernetes, KubernetesObject } from '../../tools/kubernetes.ts';
import type { PastRelease, Release } from './deployments.ts';

/**
 * Kubernetes' own kind for what a rollback returns to; it takes any data, is owned by the deployment, and goes with it.
 * The higher its revision, the later the release was deployed.
 */
interface ControllerRevision extends KubernetesObject {
  readonly revision: number;
  readonly data: Omit<Release, 'chart'> & {
    readonly chart: Omit<Release['chart'], 'created'> & { readonly created?: string };
    /** ISO 8601. */
    readonly deployedAt: string;
  };
}

/** As many as a Deployment of Kubernetes keeps. */
const mostRevisions = 10;

/** What a deployment has been, newest first. */
export async function readRevisions(kubernetes: Kubernetes, owner: KubernetesObject): Promise<readonly PastRelease[]> {
  return (await listRevisions(kubernetes, owner)).map(({ data }) => {
    const { chart, registry, digest, deployedAt } = data;
    const created = chart.created === undefined ? undefined : new Date(chart.created);
    const release = { chart: { ...chart, created }, registry, digest };
    return { version: chart.version, at: new Date(deployedAt), release };
  });
}

/** Makes a release the newest of its deployment's revisions, and forgets the oldest. */
export async function recordRevision(
  kubernetes: Kubernetes,
  owner: KubernetesObject,
  release: Release,
  now: Date,
): Promise<void> {
  const known = await listRevisions(kubernetes, owner);
  const { name, namespace } = owner.metadata;
  const revisionName = `${name}-${hashOf(owner, release)}`;
  const same = known.find(({ metadata }) => metadata.name === revisionName);
  if (same && same === known[0]) return;
  const revision = (known[0]?.revision ?? 0) + 1;
  const data = dataOf(release, now);
  const reference = { kind: 'ControllerRevision', name: revisionName, namespace } as const;
  // The data of a revision never changes; the second time it is only the newest again.
  if (same) await kubernetes.merge(reference, { revision });
  else await kubernetes.create({ ...headOf(owner, revisionName), revision, data });
  for (const { metadata } of known.filter((each) => each !== same).slice(mostRevisions - 1)) {
    await kubernetes.delete({ kind: 'ControllerRevision', name: metadata.name, namespace }, { uid: metadata.uid });
  }
}

async function listRevisions(kubernetes: Kubernetes, { metadata }: KubernetesObject) {
  const { name, namespace, uid } = metadata;
  const selection = {
    kind: 'ControllerRevision',
    namespace,
    labels: { [labels.package]: name, [ownerLabel]: uid },
  } as const;
  const found = await kubernetes.list<ControllerRevision>(selection);
  return found.toSorted((a, b) => b.revision - a.revision);
}

/** A deployment that was made anew has no past. */
const ownerLabel = 'datakit.infoblox.dev/deployment-uid';

function headOf({ kind, metadata }: KubernetesObject, revisionName: string) {
  const { name, namespace, uid = '' } = metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: revisionName,
      ...(namespace !== undefined && { namespace }),
      labels: { [labels.package]: name, [ownerLabel]: uid },
      ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
    },
  };
}

function dataOf({ chart, registry, digest }: Release, now: Date): ControllerRevision['data'] {
  const { created, ...rest } = chart;
  return {
    chart: { ...rest, ...(created && { created: created.toISOString() }) },
    ...(registry !== undefined && { registry }),
    ...(digest !== undefined && { digest }),
    deployedAt: now.toISOString(),
  };
}

/** Of whose it is, too: those of a deployment of the same name may still be on their way out. */
function hashOf({ metadata }: KubernetesObject, { chart }: Release): string {
  const content = JSON.stringify([metadata.uid, chart.version, chart.files.map(({ path, text }) => [path, text])]);
  return createHash('sha256').update(content).digest('hex').slice(0, 10);
}
