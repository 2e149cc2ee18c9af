import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../../../failure.ts';
import type { Progress, Step } from '../../../graph/step.ts';
import type { Kubernetes } from '../../../tools/kubernetes.ts';
import type { K3dWorld } from '../world.ts';

const kinds = ['Cell', 'Store', 'PackageDeployment'] as const;
const servedMs = 30_000;

/** Cell, Store and PackageDeployment, as the API server knows them. */
export const crdsStep: Step<K3dWorld> = {
  id: 'crds',
  title: 'Kinds of dk (CRDs)',
  needs: ['identity'],
  async check({ kubernetes, manifests }) {
    const api = await kubernetes();
    const whys = await Promise.all([
      ...(await manifests('crds')).map((object) => api.wouldChange(object, { force: true })),
      notServed(api),
    ]);
    const why = whys.find((each) => each !== undefined);
    return why === undefined ? { done: true } : { done: false, why };
  },
  async run({ kubernetes, manifests }, progress) {
    const api = await kubernetes();
    for (const object of await manifests('crds')) await api.apply(object, { force: true });
    await waitUntilServed(api, progress);
  },
};

/** The kinds that the server does not know yet; a definition is served only a while after it was established. */
export async function notServed(api: Kubernetes): Promise<string | undefined> {
  const served = await Promise.all(kinds.map((kind) => api.serves(kind)));
  const missing = kinds.filter((_, index) => !served[index]);
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not served yet`;
}

async function waitUntilServed(api: Kubernetes, { signal, say }: Progress): Promise<void> {
  for (const deadline = Date.now() + servedMs; ; ) {
    const why = await notServed(api);
    if (why === undefined) return;
    if (Date.now() > deadline) {
      throw new Failure('stillStarting', { what: `The API server did not serve dk's kinds within 30 s`, why });
    }
    say(why);
    await pause(100, undefined, { signal });
  }
}
