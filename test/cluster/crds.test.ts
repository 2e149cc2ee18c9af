import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { KubeConfig, type KubernetesObject, KubernetesObjectApi } from '@kubernetes/client-node';
import { K3sContainer, type StartedK3sContainer } from '@testcontainers/k3s';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type Home, makeHome, repository } from '../helpers/dk.ts';
import { ranReal } from '../helpers/facts.ts';

const image = process.env['DK_K3S_IMAGE'];

describe('the CRDs in a real cluster', () => {
  let container: StartedK3sContainer;
  let api: KubernetesObjectApi;
  let home: Home;

  beforeAll(async () => {
    if (!image) return;
    home = makeHome();
    container = await new K3sContainer(image).start();
    const config = new KubeConfig();
    config.loadFromString(container.getKubeConfig());
    api = KubernetesObjectApi.makeApiClient(config);
    for (const crd of manifestsIn(join(repository, 'infra-manifests/crds'))) await api.create(crd);
  });
  afterAll(async () => {
    await home?.close();
    await container?.stop();
  });

  it('are accepted, established and structural', async ({ skip }) => {
    skip(!image, 'DK_K3S_IMAGE names no Kubernetes node image');
    ranReal('Kubernetes node image', image ?? '');
    for (const name of ['cells', 'stores', 'packagedeployments']) {
      const conditions = await established(api, `${name}.datakit.infoblox.dev`);
      expect(conditions).toMatchObject({ Established: 'True', NamesAccepted: 'True' });
      expect(conditions['NonStructuralSchema']).toBeUndefined();
    }
  });

  it('take the cells folder of an environment as it is', async ({ skip }) => {
    skip(!image, 'DK_K3S_IMAGE names no Kubernetes node image');
    expect(await home.dk(['dev', 'up', '--cell', 'canary'])).toMatchObject({ code: 0 });
    const cells = join(home.state, 'environments/local/cells/canary');
    for (const folder of [cells, join(cells, 'stores')]) {
      for (const manifest of manifestsIn(folder)) await api.create(manifest);
    }
    const stored = await api.read({
      apiVersion: 'datakit.infoblox.dev/v1alpha1',
      kind: 'Store',
      metadata: { name: 'warehouse', namespace: 'dk-canary' },
    });
    expect(stored).toMatchObject({ spec: { connector: 'postgres', secrets: { password: '${PG_PASS}' } } });
  });

  it('refuse what dk lint refuses', async ({ skip }) => {
    skip(!image, 'DK_K3S_IMAGE names no Kubernetes node image');
    const cell = { apiVersion: 'datakit.infoblox.dev/v1alpha1', kind: 'Cell', metadata: { name: 'wrong' }, spec: {} };
    await expect(api.create(cell)).rejects.toThrow(/spec\.namespace/);
  });
});

function manifestsIn(folder: string): KubernetesObject[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((file) => file.isFile() && file.name.endsWith('.yaml'))
    .flatMap(({ name }) => parseAllDocuments(readFileSync(join(folder, name), 'utf8')).map((each) => each.toJS()));
}

/** Condition types and their status, once the CRD is established; fails after 30 s. */
async function established(api: KubernetesObjectApi, name: string): Promise<Record<string, string>> {
  const reference = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name } };
  for (const deadline = Date.now() + 30_000; ; ) {
    const crd = (await api.read(reference)) as { status?: { conditions?: { type: string; status: string }[] } };
    const conditions = Object.fromEntries((crd.status?.conditions ?? []).map(({ type, status }) => [type, status]));
    if (conditions['Established'] === 'True') return conditions;
    if (Date.now() > deadline) throw new Error(`${name} is not established: ${JSON.stringify(conditions)}`);
    await pause(100);
  }
}
