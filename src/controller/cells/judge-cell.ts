import { sameContent } from '../../cells/same.ts';
import type { Cell } from '../../manifest/schema/cell.ts';
import type { Store } from '../../manifest/schema/store.ts';
import type { KubernetesObject } from '../../tools/kubernetes.ts';
import { type Judgement, toConditions } from '../condition.ts';
import { isJudged } from '../stores/judge-store.ts';
import type { Served } from '../watch.ts';

type Status = NonNullable<Cell['status']>;

/** A Cell, and what is in the namespace that it names. */
export interface ObservedCell {
  readonly cell: Served<Cell>;
  readonly namespace: KubernetesObject | undefined;
  readonly stores: readonly Served<Store>[];
  readonly packageCount: number;
}

/**
 * The status of a Cell; the very one that it has where it says the same, and while some of its Stores have not been looked at
 * yet: a cell that is ready does not become unready for the moment that it takes to look.
 */
export function judgeCell(observed: ObservedCell, now: Date): Status | undefined {
  const { cell, stores, packageCount } = observed;
  const verdict = judge(observed);
  if (verdict === undefined) return cell.status;
  const { ready, ...told } = verdict;
  const { generation } = cell.metadata;
  const condition: Judgement = {
    type: 'Ready',
    status: ready ? 'True' : 'False',
    ...told,
    ...(generation !== undefined && { observedGeneration: generation }),
  };
  const conditions = [...toConditions([condition], cell.status?.conditions, now)];
  const wanted: Status = { ready, storeCount: stores.length, packageCount, conditions };
  return cell.status && sameContent(cell.status, wanted) ? cell.status : wanted;
}

interface Verdict {
  readonly ready: boolean;
  readonly reason: string;
  readonly message: string;
}

function judge({ cell, namespace, stores }: ObservedCell): Verdict | undefined {
  const name = cell.spec.namespace;
  if (!namespace) return { ready: false, reason: 'NamespaceMissing', message: `namespace ${name} is not there` };
  if (namespace.metadata.deletionTimestamp !== undefined)
    return { ready: false, reason: 'NamespaceTerminating', message: `namespace ${name} is being deleted` };
  if (!stores.every(isJudged)) return undefined;
  // What nobody can connect to from here is no reason against the cell.
  const unready = stores.filter(({ status }) => status?.ready === false).map(({ metadata }) => metadata.name);
  return unready.length === 0
    ? { ready: true, reason: 'StoresReady', message: 'every Store can be reached' }
    : { ready: false, reason: 'StoresNotReady', message: `not ready: ${unready.sort().join(', ')}` };
}
