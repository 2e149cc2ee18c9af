import type { CellRepository } from '../../cells/repository.ts';
import { Failure } from '../../failure.ts';
import { faultsOfValues } from '../../lint/app-folders.ts';
import { isMapping } from '../../manifest/mapping.ts';
import { pathText } from '../../manifest/problem.ts';
import type { PackageDeployment } from '../../manifest/schema/package-deployment.ts';
import { deploymentOf } from '../../package/chart/deployment.ts';
import type { Kubernetes, KubernetesObject } from '../../tools/kubernetes.ts';
import { describeObject } from '../../tools/kubernetes-object.ts';
import { valuesOf } from './chart-values.ts';
import type { Change, Deployed, Deployments, Overrides, Wish } from './deployments.ts';
import { readRevisions, recordRevision } from './revisions.ts';
import { stateOf } from './state.ts';

export interface ClusterPlace {
  readonly kubernetes: Kubernetes;
  readonly cells: CellRepository;
  /** Takes fields away from other owners: only in an environment of our own. */
  readonly force: boolean;
  readonly now: () => Date;
}

/** What was said besides package and cell, as JSON: a new version of the package keeps it. */
const overridesAnnotation = 'datakit.infoblox.dev/values';

const goneMs = 60_000;

/** The deployments of a cluster, which its controller brings to life. */
export function openCluster(place: ClusterPlace): Deployments {
  return {
    where: place.cells.where,
    cells: place.cells,
    cellsIn: 'cluster',
    async find(pkg, cell) {
      const found = await findDeployment(place, pkg, cell);
      return found && deployedOf(found);
    },
    async list() {
      const all = await place.kubernetes.list<PackageDeployment & KubernetesObject>({ kind: 'PackageDeployment' });
      return all.map(stateOf).sort((a, b) => compare(a.package, b.package) || compare(a.cell, b.cell));
    },
    async history(pkg, cell) {
      const found = await findDeployment(place, pkg, cell);
      return found ? readRevisions(place.kubernetes, found) : [];
    },
    put: (wish, { dryRun }) => put(place, wish, dryRun),
    remove: (pkg, cell) => remove(place, pkg, cell),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

async function findDeployment({ kubernetes, cells }: ClusterPlace, name: string, cell: string) {
  const namespace = (await cells.get(cell))?.spec.namespace;
  if (namespace === undefined) return undefined;
  const reference = { kind: 'PackageDeployment', name, namespace } as const;
  return kubernetes.get<PackageDeployment & KubernetesObject>(reference);
}

function deployedOf(found: PackageDeployment & KubernetesObject): Deployed {
  const { name, version, registry, namespace } = found.spec.package;
  return {
    package: name,
    version,
    cell: found.spec.cell,
    registry: registry === undefined ? undefined : [registry, namespace].filter(Boolean).join('/'),
    overrides: readOverrides(found),
  };
}

/** Undefined values are none, and an annotation that somebody has edited is checked as a values.yaml is. */
function readOverrides(found: KubernetesObject): Overrides {
  const text = found.metadata.annotations?.[overridesAnnotation];
  const said = text === undefined ? {} : parseJson(text);
  const faults = isMapping(said)
    ? faultsOfValues(said).map(({ path, message }) => `${pathText(path)}: ${message}`)
    : [];
  // It has just been found to be values of a chart.
  if (isMapping(said) && faults.length === 0) return said as Overrides;
  throw new Failure('invalid', {
    what: `The annotation ${overridesAnnotation} of ${describeObject(referenceOf(found))} holds no values of a chart`,
    why: faults,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function put(place: ClusterPlace, wish: Wish, dryRun: boolean): Promise<readonly Change[]> {
  const { kubernetes, force } = place;
  const deployment = deploymentOf(wish.release.chart, valuesOf(wish, { digest: true }));
  const wanted = annotated(deployment, wish.overrides);
  const reference = referenceOf(wanted);
  const what = describeObject(reference);
  if (dryRun) {
    const why = await kubernetes.wouldChange(wanted, { force });
    const there = why === undefined || (await kubernetes.get(reference)) !== undefined;
    return [{ what, outcome: why === undefined ? 'unchanged' : there ? 'changed' : 'created' }];
  }
  const outcome = await kubernetes.apply(wanted, { force });
  const applied = await kubernetes.get(reference);
  if (applied) await recordRevision(kubernetes, applied, wish.release, place.now());
  return [{ what, outcome }];
}

function annotated(deployment: PackageDeployment, overrides: Overrides): PackageDeployment {
  if (Object.keys(overrides).length === 0) return deployment;
  const annotations = { ...deployment.metadata.annotations, [overridesAnnotation]: JSON.stringify(overrides) };
  return { ...deployment, metadata: { ...deployment.metadata, annotations } };
}

/** Its Jobs, pods and Secrets go with it, and are gone when this is done. */
async function remove(place: ClusterPlace, pkg: string, cell: string): Promise<readonly Change[]> {
  const found = await findDeployment(place, pkg, cell);
  if (!found) return [];
  const reference = referenceOf(found);
  const { uid } = found.metadata as KubernetesObject['metadata'];
  await place.kubernetes.delete(reference, { uid, propagation: 'Foreground' });
  await place.kubernetes.waitFor(reference, {
    until: (rest) => (rest.some(({ metadata }) => metadata.uid === uid) ? 'what it has started is ending' : undefined),
    what: `${describeObject(reference)} is still there`,
    timeoutMs: goneMs,
  });
  return [{ what: describeObject(reference), outcome: 'deleted' }];
}

function referenceOf({ metadata }: KubernetesObject) {
  return { kind: 'PackageDeployment', name: metadata.name, namespace: metadata.namespace } as const;
}
