import type { Cell } from '../manifest/schema/cell.ts';
import type { Store } from '../manifest/schema/store.ts';
import { withoutServerFields } from '../manifest/strip.ts';
import type { Kubernetes } from '../tools/kubernetes.ts';
import { noSuchCell } from './cell-failures.ts';
import { checkCellName, isCellName } from './names.ts';
import type { Probe } from './sparing-probe.ts';

/** Where the cells of a cluster are. */
export interface KubernetesPlace {
  readonly kubernetes: Kubernetes;
  /** For messages: `context eks-prod`. */
  readonly where: string;
  /** Without it, readiness is what stands in the status. */
  readonly probe?: Probe | undefined;
  /** Takes fields away from other owners: only in an environment of our own. */
  readonly force?: boolean | undefined;
}

/** A cell as the cluster has it, or undefined. */
export async function findCell({ kubernetes }: KubernetesPlace, name: string): Promise<Cell | undefined> {
  return isCellName(name) ? kubernetes.get<Cell>({ kind: 'Cell', name }) : undefined;
}

/** A cell that is written into; a notFound Failure where there is none. */
export async function needCell(place: KubernetesPlace, name: string): Promise<Cell> {
  const cell = await findCell(place, checkCellName(name, 'invalid'));
  if (cell) return cell;
  const others = await place.kubernetes.list<Cell>({ kind: 'Cell' });
  const names = others.map(({ metadata }) => metadata.name).sort();
  throw noSuchCell(place.where, name, names);
}

/** What was applied, without what the server has added. */
export function asApplied<Resource extends Cell | Store>(resource: Resource): Resource {
  // Nothing but metadata and status goes, neither of which the type demands.
  return withoutServerFields({ ...resource }) as Resource;
}
