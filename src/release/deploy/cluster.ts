import { inContext } from '../../cells/hints.ts';
import type { CellRepository } from '../../cells/repository.ts';
import { Failure } from '../../failure.ts';
import { faultsOfValues } from '../../lint/app-values.ts';
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

type FoundDeployment = PackageDeployment & KubernetesObject;

/** What was said besides package and cell, as JSON: a new version of the package keeps it. */
const overridesAnnotation = 'datakit.infoblox.dev/values';

const goneMs = 60_000;

/** The deployments of a cluster, which its controller brings to life. */
export function openCluster(place: ClusterPlace): Deployments {
  return {
    where: place.cells.where,
    flag: inContext(place.cells),
    cells: place.cells,
    cellsIn: 'cluster',
    async find(pkg, cell) {
      const found = await findDeployment(place, pkg, cell);
      return found && deployedOf(found);
    },
    async list(cell) {
      // Not everybody may look into every namespace.
      const namespace = cell === undefined ? undefined : (await place.cells.get(cell))?.spec.namespace;
      const all = await place.kubernetes.list<FoundDeployment>({ kind: 'PackageDeployment', namespace });
      const states = all.map(stateOf).filter((each) => (cell ?? each.cell) === each.cell);
      return states.sort((a, b) => compare(a.package, b.package) || compare(a.cell, b.cell));
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
  const found = await kubernetes.get<FoundDeployment>(reference);
  if (!found || found.spec.cell === cell) return found;
  throw new Failure('conflict', {
    what: `${describeObject(reference)} is of cell ${found.spec.cell}, not of ${cell}`,
    why: 'Both cells have the same namespace, which can hold a package only once',
  });
}

function deployedOf(found: FoundDeployment): Deployed {
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
  const present = await findDeployment(place, wish.release.chart.name, wish.cell);
  const deployment = deploymentOf(wish.release.chart, valuesOf(wish, { digest: true }));
  const wanted = annotated(deployment, wish.overrides);
  const reference = referenceOf(wanted);
  const what = describeObject(reference);
  if (dryRun) {
    const differs = (await kubernetes.wouldChange(wanted, { force })) !== undefined;
    return [{ what, outcome: present ? (differs ? 'changed' : 'unchanged') : 'created' }];
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
