import type { Step } from '../../../graph/step.ts';
import { systemNamespace } from '../controller-rollout.ts';
import { infraNamespace } from '../infra.ts';
import type { K3dWorld } from '../world.ts';

/** A namespace that is being deleted goes when all in it is gone. */
const deletionMs = 180_000;

/** The namespace of the servers that all cells share. */
export const infraNamespaceStep = namespaceStep('namespace', infraNamespace, 'postgres');

/** The namespace of what serves the cluster itself. */
export const systemNamespaceStep = namespaceStep('system-namespace', systemNamespace, 'controller');

/** A namespace as a folder of manifests brings it along, so that the folder can be applied by itself. */
function namespaceStep(id: string, name: string, folder: string): Step<K3dWorld> {
  const wanted = async ({ manifests }: K3dWorld) =>
    (await manifests(folder)).filter(({ kind }) => kind === 'Namespace');
  return {
    id,
    title: `Namespace ${name}`,
    needs: ['identity'],
    async check(world) {
      const api = await world.kubernetes();
      const found = await api.get({ kind: 'Namespace', name });
      if (found?.metadata.deletionTimestamp !== undefined) return { done: false, why: 'it is being deleted' };
      const whys = await Promise.all((await wanted(world)).map((object) => api.wouldChange(object, { force: true })));
      const why = whys.find((each) => each !== undefined);
      return why === undefined ? { done: true } : { done: false, why };
    },
    async run(world, { say, signal }) {
      const api = await world.kubernetes();
      await api.waitFor(
        { kind: 'Namespace', name },
        {
          until: ([found]) =>
            found?.metadata.deletionTimestamp === undefined ? undefined : 'waiting until its deletion is done',
          what: `Namespace ${name} was not deleted`,
          timeoutMs: deletionMs,
          say,
          signal,
        },
      );
      for (const object of await wanted(world)) await api.apply(object, { force: true, signal });
    },
  };
}
