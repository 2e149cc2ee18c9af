import { ownerLabels } from '../../../cells/ownership.ts';
import { Failure } from '../../../failure.ts';
import type { Step } from '../../../graph/step.ts';
import type { KubernetesObject } from '../../../tools/kubernetes.ts';
import type { K3dWorld } from '../world.ts';

interface Marker extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

const reference = { kind: 'ConfigMap', namespace: 'kube-system', name: 'dk-environment' } as const;

/** What says in the cluster whose it is; nothing is written to a cluster that says it is another's. */
export const identityStep: Step<K3dWorld> = {
  id: 'identity',
  title: 'Mark of the environment',
  needs: ['kubeconfig'],
  async check({ kubernetes, id, cluster, context }) {
    const found = await (await kubernetes()).get<Marker>(reference);
    if (!found) return { done: false, why: 'the cluster does not say yet whose it is' };
    if (found.data?.['id'] === id) return { done: true };
    throw new Failure('refused', {
      what: `The cluster behind context ${cluster.names.context} belongs to another environment`,
      why: `its ConfigMap ${reference.name} in ${reference.namespace} says ${found.data?.['id'] ?? 'nothing'}, this environment is ${id}`,
      next: `${context.program} dev up --env another-name`,
    });
  },
  async run({ kubernetes, id, name }) {
    const { namespace, name: markerName } = reference;
    await (await kubernetes()).create<Marker>({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: markerName, namespace, labels: ownerLabels(id) },
      data: { id, environment: name },
    });
  },
};
