import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
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
  /** One text, since a server that writes data anew takes any other order of its keys for a change, and refuses it. */
  readonly data: { readonly release: string };
}

/** ISO 8601. */
const deployedAt = 'datakit.infoblox.dev/deployed-at';

/** As many as a Deployment of Kubernetes keeps. */
const mostRevisions = 10;

/** What a deployment has been, newest first. */
export async function readRevisions(kubernetes: Kubernetes, owner: KubernetesObject): Promise<readonly PastRelease[]> {
  return (await listRevisions(kubernetes, owner)).map(({ metadata, data }) => {
    const release = unpack(data);
    const at = metadata.annotations?.[deployedAt];
    return { version: release.chart.version, at: at === undefined ? undefined : new Date(at), release };
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
  const { name } = owner.metadata;
  const wanted = `${name}-${hashOf(owner, release)}`;
  const same = known.find(({ metadata }) => metadata.name === wanted);
  if (same && same === known[0]) return;
  const revision = (known[0]?.revision ?? 0) + 1;
  const annotations = { [deployedAt]: now.toISOString() };
  // What was deployed before is only the newest again.
  if (same) await kubernetes.merge(referenceOf(same), { revision, metadata: { annotations } });
  else
    await kubernetes.create<ControllerRevision>({
      ...headOf(owner, wanted, annotations),
      revision,
      data: pack(release),
    });
  for (const old of known.filter((each) => each !== same).slice(mostRevisions - 1)) {
    await kubernetes.delete(referenceOf(old), { uid: old.metadata.uid });
  }
}

function referenceOf({ metadata: { name, namespace } }: KubernetesObject) {
  return { kind: 'ControllerRevision', name, namespace } as const;
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

function headOf(
  { kind, metadata }: KubernetesObject,
  revisionName: string,
  annotations: Readonly<Record<string, string>>,
) {
  const { name, namespace, uid = '' } = metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: revisionName,
      ...(namespace !== undefined && { namespace }),
      labels: { [labels.package]: name, [ownerLabel]: uid },
      annotations,
      ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
    },
  };
}

function pack(release: Release): ControllerRevision['data'] {
  return { release: gzipSync(JSON.stringify(release)).toString('base64') };
}

function unpack({ release: text }: ControllerRevision['data']): Release {
  // Written by `pack`, in an object that nobody else makes and whose data never changes.
  const { chart, ...origin } = JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString()) as Release;
  return { ...origin, chart: { ...chart, created: chart.created && new Date(chart.created) } };
}

/** Of whose it is, too: those of a deployment of the same name may still be on their way out. */
function hashOf({ metadata }: KubernetesObject, { chart }: Release): string {
  const content = JSON.stringify([metadata.uid, chart.version, chart.files.map(({ path, text }) => [path, text])]);
  return createHash('sha256').update(content).digest('hex').slice(0, 10);
}
