import type { Cell } from '../../manifest/schema/cell.ts';
import { recordEvent } from '../events.ts';
import type { Loop, Shared } from '../loop.ts';
import type { Served } from '../watch.ts';
import { WorkQueue } from '../work-queue.ts';
import { foreignContent } from './foreign-content.ts';
import { isLeftOver } from './made-for.ts';

/** What keeps a namespace may be gone by then. */
const lookAgainMs = 300_000;

/** Deletes the namespaces that the controller made for Cells which are gone, also while it did not run. */
export const leftOverLoop: Loop = {
  name: 'left-over-namespaces',
  async start(shared, signal) {
    const { caches, log, now } = shared;
    const told = new Map<string, string>();
    const work = (name: string) => removeLeftOver(shared, name, told);
    const queue = new WorkQueue({ work, concurrency: 2, log, now, signal });
    const lookAtAll = () => {
      const cells = caches.cells.all();
      for (const namespace of caches.namespaces.all()) {
        if (isLeftOver(namespace, cells)) queue.add(namespace.metadata.name);
      }
    };
    caches.cells.listen(({ after }) => {
      if (!after) lookAtAll();
    });
    lookAtAll();
    await queue.untilAborted();
  },
};

/** Nothing that dk did not make goes with it. */
async function removeLeftOver(shared: Shared, name: string, told: Map<string, string>): Promise<Date | undefined> {
  const { kubernetes, caches, log, now } = shared;
  const namespace = caches.namespaces.get(name);
  if (!namespace || !isLeftOver(namespace, caches.cells.all())) return undefined;
  // News of a new Cell may be on its way.
  if (!isLeftOver(namespace, await kubernetes.list<Served<Cell>>({ kind: 'Cell' }))) return undefined;
  const foreign = await foreignContent(kubernetes, name);
  if (foreign.length === 0) {
    if (await kubernetes.delete({ kind: 'Namespace', name }, { uid: namespace.metadata.uid }))
      log.info('deleted a namespace, as its Cell is gone', { object: name });
    return undefined;
  }
  const message = `its Cell is gone, and it holds what dk did not make: ${foreign.join(', ')}`;
  if (told.get(name) !== message) await recordEvent(shared, namespace, { type: 'Warning', reason: 'Kept', message });
  told.set(name, message);
  return new Date(now().getTime() + lookAgainMs);
}
