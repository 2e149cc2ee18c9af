import { recordStatus } from '../../../cells/kubernetes-status.ts';
import type { Step } from '../../../graph/step.ts';
import type { Cell } from '../../../manifest/schema/cell.ts';
import type { Store } from '../../../manifest/schema/store.ts';
import type { WantedCell } from '../../cell-steps/world.ts';
import type { K3dWorld } from '../world.ts';

/** What `kubectl get cells` shows of a cell, until a controller keeps it. */
export function statusStep({ name: cell }: WantedCell): Step<K3dWorld> {
  return {
    id: `status/${cell}`,
    title: `Status of cell ${cell}`,
    needs: [`stores/${cell}`],
    async check({ kubernetes }) {
      const api = await kubernetes();
      const found = await api.get<Cell>({ kind: 'Cell', name: cell });
      const namespace = found?.spec.namespace;
      const stores = namespace === undefined ? [] : await api.list<Store>({ kind: 'Store', namespace });
      if (found?.status?.storeCount !== stores.length) return { done: false, why: 'it does not count its Stores' };
      const unready = [found, ...stores].filter(({ status }) => status?.ready !== true);
      if (unready.length === 0) return { done: true };
      return {
        done: false,
        why: `${unready.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ')} not ready`,
      };
    },
    async run({ place, context }) {
      await recordStatus(await place(), cell, context.now());
    },
  };
}
