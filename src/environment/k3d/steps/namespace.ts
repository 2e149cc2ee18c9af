import type { Step } from '../../../graph/step.ts';
import { infraNamespace } from '../infra.ts';
import type { K3dWorld } from '../world.ts';

/** A namespace that is being deleted goes when all in it is gone. */
const deletionMs = 180_000;

/** The namespace of the servers that all cells share. */
export const namespaceStep: Step<K3dWorld> = {
  id: 'namespace',
  title: `Namespace ${infraNamespace}`,
  needs: ['identity'],
  async check(world) {
    const api = await world.kubernetes();
    const found = await api.get({ kind: 'Namespace', name: infraNamespace });
    if (found?.metadata.deletionTimestamp !== undefined) return { done: false, why: 'it is being deleted' };
    const whys = await Promise.all((await namespaces(world)).map((object) => api.wouldChange(object, { force: true })));
    const why = whys.find((each) => each !== undefined);
    return why === undefined ? { done: true } : { done: false, why };
  },
  async run(world, { say, signal }) {
    const api = await world.kubernetes();
    await api.waitFor(
      { kind: 'Namespace', name: infraNamespace },
      {
        until: ([found]) =>
          found?.metadata.deletionTimestamp === undefined ? undefined : 'waiting until its deletion is done',
        what: `Namespace ${infraNamespace} was not deleted`,
        timeoutMs: deletionMs,
        say,
        signal,
      },
    );
    for (const object of await namespaces(world)) await api.apply(object, { force: true, signal });
  },
};

/** Each server's folder brings the namespace along, so that it can be applied by itself. */
async function namespaces({ manifests }: K3dWorld) {
  const [first] = (await manifests('postgres')).filter(({ kind }) => kind === 'Namespace');
  return first ? [first] : [];
}
