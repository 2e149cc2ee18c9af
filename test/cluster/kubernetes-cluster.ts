import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { K3sContainer } from '@testcontainers/k3s';
import { parseAllDocuments } from 'yaml';
import { type Kubernetes, openKubernetes } from '../../src/tools/kubernetes.ts';
import { createTestContext } from '../helpers/context.ts';
import { repository } from '../helpers/dk.ts';
import { ranReal } from '../helpers/facts.ts';

export const image = process.env['DK_K3S_IMAGE'];
export const noImage = 'DK_K3S_IMAGE names no Kubernetes node image';

/** A cluster of a test's own, as its administrator sees it. */
export interface TestCluster {
  readonly kubeconfig: string;
  readonly kubernetes: Kubernetes;
  close(): Promise<void>;
}

export async function startCluster(nodeImage: string): Promise<TestCluster> {
  ranReal('Kubernetes node image', nodeImage);
  const container = await new K3sContainer(nodeImage).start();
  const kubeconfig = container.getKubeConfig();
  const kubernetes = await openText(kubeconfig);
  return { kubeconfig, kubernetes, close: async () => void (await container.stop()) };
}

/** The only context of a kubeconfig. */
export function openText(text: string, context = createTestContext().context): Promise<Kubernetes> {
  return openKubernetes(context, { text }, /current-context: (\S+)/.exec(text)?.[1] ?? '');
}

/** Installs our CRDs and waits until they are served. */
export async function installCrds({ kubernetes }: TestCluster): Promise<void> {
  const folder = join(repository, 'infra-manifests/crds');
  for (const file of readdirSync(folder)) {
    for (const crd of parseAllDocuments(readFileSync(join(folder, file), 'utf8'))) await kubernetes.apply(crd.toJS());
  }
  await kubernetes.waitFor(
    { kind: 'CustomResourceDefinition' },
    {
      timeoutMs: 60_000,
      until: async () => {
        const served = await Promise.all(
          (['Cell', 'Store', 'PackageDeployment'] as const).map((kind) => kubernetes.serves(kind)),
        );
        return served.every(Boolean) ? undefined : 'the CRDs are not served yet';
      },
    },
  );
}
