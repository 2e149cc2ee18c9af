import { namespaceOf } from '../../cells/kubernetes-namespace.ts';
import { isLeaving } from '../../cells/leaving.ts';
import type { Cell } from '../../manifest/schema/cell.ts';
import { kubernetesReasonOf } from '../../tools/kubernetes-fault.ts';
import { recordEvent } from '../events.ts';
import type { Loop, Shared } from '../loop.ts';
import type { Served } from '../watch.ts';
import { WorkQueue } from '../work-queue.ts';
import { writeStatus } from '../write-status.ts';
import { judgeCell } from './judge-cell.ts';
import { madeFor } from './made-for.ts';

/** Packages come and go in numbers: that they are counted can wait so long. */
const countMs = 500;

/** Makes the namespace of every Cell that has none, and keeps in its status what is in it. */
export const cellsLoop: Loop = {
  name: 'cells',
  async start(shared, signal) {
    const work = async (name: string) => {
      const cell = shared.caches.cells.get(name);
      if (cell && !isLeaving(cell)) await keepCell(shared, cell);
      return undefined;
    };
    const queue = new WorkQueue({ work, concurrency: 8, log: shared.log, now: shared.now, signal });
    const count = (name: string) => queue.addAt(name, new Date(shared.now().getTime() + countMs));
    listen(shared, (name) => queue.add(name), count);
    for (const { metadata } of shared.caches.cells.all()) queue.add(metadata.name);
    await queue.untilAborted();
  },
};

type Look = (cell: string) => void;

function listen({ caches }: Shared, look: Look, count: Look): void {
  const lookAtNamespace = (namespace: string | undefined, how = look) => {
    for (const { metadata, spec } of caches.cells.all()) if (spec.namespace === namespace) how(metadata.name);
  };
  caches.cells.listen(({ key, after }) => {
    if (after) look(key);
  });
  caches.namespaces.listen(({ key }) => lookAtNamespace(key));
  caches.stores.listen(({ before, after }) => lookAtNamespace((after ?? before)?.metadata.namespace));
  caches.deployments.listen(({ before, after }) => {
    if (!before || !after) lookAtNamespace((after ?? before)?.metadata.namespace, count);
  });
}

async function keepCell(shared: Shared, cell: Served<Cell>): Promise<void> {
  const { caches, now } = shared;
  const { namespace: name } = cell.spec;
  const namespace = caches.namespaces.get(name) ?? (await makeNamespace(shared, cell));
  const [stores, packageCount] = [caches.stores.in(name), caches.deployments.in(name).length];
  const status = judgeCell({ cell, namespace, stores, packageCount }, now());
  if (status && status !== cell.status) await writeStatus(shared, caches.cells, cell, status);
}

/** Undefined where it need not be made any more, or somebody else was quicker, and it is not known yet. */
async function makeNamespace(shared: Shared, known: Served<Cell>) {
  const { kubernetes, caches } = shared;
  const { name, uid } = known.metadata;
  // Seldom enough to ask again: news of a Cell that is being deleted may come after that of its namespace's end.
  const cell = await kubernetes.get<Served<Cell>>({ kind: 'Cell', name });
  if (!cell || cell.metadata.uid !== uid || isLeaving(cell)) return undefined;
  const made = await kubernetes.create(madeFor(cell, namespaceOf(cell))).catch(unlessThere);
  if (!made) return undefined;
  caches.namespaces.record(made);
  await recordEvent(shared, cell, {
    type: 'Normal',
    reason: 'NamespaceMade',
    message: `namespace ${cell.spec.namespace} was not there`,
  });
  return made;
}

function unlessThere(error: unknown): undefined {
  if (kubernetesReasonOf(error) !== 'conflict') throw error;
}
