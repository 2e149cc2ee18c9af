import { recordStatus } from '../../../cells/kubernetes-status.ts';
import type { Step } from '../../../graph/step.ts';
import type { Cell } from '../../../manifest/schema/cell.ts';
import type { Store } from '../../../manifest/schema/store.ts';
import type { Kubernetes } from '../../../tools/kubernetes.ts';
import type { WantedCell } from '../../cell-steps/world.ts';
import { isControlled } from '../controller-rollout.ts';
import type { K3dWorld } from '../world.ts';

/** The controller connects to a Store as soon as it is there. */
const judgedMs = 30_000;

/** What `kubectl get cells` shows of a cell: a controller's word where one leads, else what dk finds out itself. */
export function statusStep({ name: cell }: WantedCell): Step<K3dWorld> {
  return {
    id: `status/${cell}`,
    title: `Status of cell ${cell}`,
    needs: [`stores/${cell}`, 'controller'],
    async check({ kubernetes }) {
      const api = await kubernetes();
      const why = await whyNotReady(api, await api.get<Cell>({ kind: 'Cell', name: cell }));
      return why === undefined ? { done: true } : { done: false, why };
    },
    async run({ kubernetes, place, context }, { say, signal }) {
      const api = await kubernetes();
      if (!(await isControlled(api, context.now()))) return recordStatus(await place(), cell, context.now());
      await api.waitFor<Cell>(
        { kind: 'Cell', name: cell },
        {
          until: ([found]) => whyNotReady(api, found),
          what: `Cell ${cell} was not ready`,
          timeoutMs: judgedMs,
          say,
          signal,
        },
      );
    },
  };
}

async function whyNotReady(api: Kubernetes, found: Cell | undefined): Promise<string | undefined> {
  const namespace = found?.spec.namespace;
  const stores = namespace === undefined ? [] : await api.list<Store>({ kind: 'Store', namespace });
  if (found?.status?.storeCount !== stores.length) return 'it does not count its Stores';
  const unready = [found, ...stores].filter(({ status }) => status?.ready !== true);
  if (unready.length === 0) return undefined;
  return `${unready.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ')} not ready`;
}
