import type { Cell } from '../manifest/schema/cell.ts';
import { kubernetesReasonOf } from '../tools/kubernetes-fault.ts';
import type { KubernetesObject } from '../tools/kubernetes-object.ts';
import { findCell, type KubernetesPlace } from './kubernetes-place.ts';
import { seenByDk } from './kubernetes-status.ts';
import { listStores, summarizeStore } from './kubernetes-stores.ts';
import type { CellSummary, StoreSummary } from './repository.ts';
import { sparing } from './sparing-probe.ts';

/** So few cells are looked at together that a server's connections do not run out. */
const atOnce = 4;

/** All cells by name, in one request where a controller counts what they hold, else in three, however many there are. */
export async function summarizeCells(place: KubernetesPlace, probing: boolean): Promise<readonly CellSummary[]> {
  const cells = await place.kubernetes.list<Cell>({ kind: 'Cell' });
  const counted = cells.every(isKeptByController);
  const [stores, packages] = counted
    ? []
    : await Promise.all([countByNamespace(place, 'Store'), countByNamespace(place, 'PackageDeployment')]);
  const sorted = cells.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const summaries = sorted.map((cell) => summarize(cell, stores, packages));
  if (!probing || !place.probe) return summaries;
  return probeCells({ ...place, probe: sparing(place.probe) }, sorted, summaries);
}

/** The Stores of a cell by name. */
export async function summarizeStores(
  place: KubernetesPlace,
  cellName: string,
  probing: boolean,
): Promise<readonly StoreSummary[]> {
  const cell = await findCell(place, cellName);
  return cell ? storesOf(place, cell, probing) : [];
}

async function storesOf(place: KubernetesPlace, cell: Cell, probing: boolean): Promise<readonly StoreSummary[]> {
  const { probe } = place;
  const summaries = (await listStores(place, cell)).map(summarizeStore);
  if (!probing || !probe) return summaries;
  return Promise.all(summaries.map(async ({ store }) => ({ store, ...(await probe(cell.metadata.name, store)) })));
}

type Counts = ReadonlyMap<string, number>;

/** Undefined for who may look into some namespaces only. */
async function countByNamespace(
  { kubernetes }: KubernetesPlace,
  kind: 'Store' | 'PackageDeployment',
): Promise<Counts | undefined> {
  const counts = new Map<string, number>();
  try {
    for (const { metadata } of await kubernetes.list<KubernetesObject>({ kind }, { metadataOnly: true })) {
      const namespace = metadata.namespace ?? '';
      counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
    }
    return counts;
  } catch (error) {
    if (kubernetesReasonOf(error) === 'forbidden') return undefined;
    throw error;
  }
}

/** Where nothing could be counted, what the status says. */
function summarize(cell: Cell, stores: Counts | undefined, packages: Counts | undefined): CellSummary {
  const { metadata, spec, status = {} }: Cell & KubernetesObject = cell;
  const count = (counts: Counts | undefined, said = 0) => (counts ? (counts.get(spec.namespace) ?? 0) : said);
  const { creationTimestamp } = metadata;
  return {
    name: metadata.name,
    namespace: spec.namespace,
    labels: spec.labels ?? {},
    ready: status.ready,
    stores: count(stores, status.storeCount),
    packages: count(packages, status.packageCount),
    createdAt: creationTimestamp === undefined ? undefined : new Date(creationTimestamp),
  };
}

/** Connects to the Stores of the cells whose readiness no controller keeps. */
async function probeCells(
  place: KubernetesPlace,
  cells: readonly Cell[],
  summaries: readonly CellSummary[],
): Promise<readonly CellSummary[]> {
  const probed: CellSummary[] = [];
  const both = summaries.flatMap((summary, index) => {
    const cell = cells[index];
    return cell ? [{ summary, cell }] : [];
  });
  for (let start = 0; start < both.length; start += atOnce) {
    const some = both.slice(start, start + atOnce);
    probed.push(...(await Promise.all(some.map(({ summary, cell }) => probeCell(place, cell, summary)))));
  }
  return probed;
}

async function probeCell(place: KubernetesPlace, cell: Cell, summary: CellSummary): Promise<CellSummary> {
  if (isKeptByController(cell)) return summary;
  const stores = await storesOf(place, cell, true);
  return { ...summary, ready: stores.every(({ ready }) => ready !== false) };
}

function isKeptByController({ status }: Cell): boolean {
  const judged = status?.conditions?.find(({ type }) => type === 'Ready');
  return judged !== undefined && judged.reason !== seenByDk;
}
