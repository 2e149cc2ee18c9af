import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { infraObjects, inOrder, readManifestFolder, withImage } from '../../../src/environment/k3d/infra.ts';
import { isMapping, type Mapping } from '../../../src/manifest/mapping.ts';
import { isKnownKind, resourceOf } from '../../../src/tools/kubernetes-kinds.ts';
import { repository } from '../../helpers/dk.ts';

const objects = async () =>
  infraObjects(await readManifestFolder(join(repository, 'infra-manifests/controller')), 'an-id');

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

async function rules(): Promise<readonly Rule[]> {
  return (await objects()).flatMap((object) => {
    const found: unknown = { ...object }['rules' as keyof typeof object];
    return Array.isArray(found) ? (found as readonly Rule[]) : [];
  });
}

describe('the manifests of the controller', () => {
  it('begin with the namespace that all others are in, or in none, and apply its pod last', async () => {
    const [first, ...others] = await objects();
    expect(first).toMatchObject({ kind: 'Namespace', metadata: { name: 'dk-system' } });
    const namespaces = others.flatMap(({ kind, metadata }) =>
      isKnownKind(kind) && resourceOf(kind).namespaced ? [metadata.namespace] : [],
    );
    expect(new Set(namespaces)).toEqual(new Set(['dk-system']));
    const kinds = inOrder(await objects()).map(({ kind }) => kind);
    expect(kinds.at(-1)).toBe('Deployment');
    expect(kinds).not.toContain('Namespace');
  });

  it('run one pod at a time, which is not root, writes no file, and is content with little', async () => {
    const deployment = (await objects()).find(({ kind }) => kind === 'Deployment');
    expect(deployment).toMatchObject({
      spec: {
        replicas: 1,
        strategy: { type: 'Recreate' },
        template: {
          spec: {
            serviceAccountName: 'dk-controller',
            securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
            containers: [
              {
                imagePullPolicy: 'IfNotPresent',
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ['ALL'] },
                },
                resources: { requests: { cpu: '20m' }, limits: { memory: '512Mi' } },
              },
            ],
          },
        },
      },
    });
  });

  it('allow nothing by a star, nothing that would allow more, and no exec', async () => {
    const all = await rules();
    expect(all.length).toBeGreaterThan(5);
    for (const { apiGroups, resources, verbs } of all) {
      expect([...apiGroups, ...resources, ...verbs]).not.toContain('*');
      for (const verb of ['escalate', 'bind', 'impersonate', 'deletecollection']) expect(verbs).not.toContain(verb);
      for (const resource of ['pods/exec', 'nodes', 'customresourcedefinitions', 'clusterroles'])
        expect(resources).not.toContain(resource);
    }
    const written = all.filter(({ verbs }) => verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)));
    expect(written.flatMap(({ resources }) => resources).sort()).toEqual([
      'cells/status',
      'cronjobs',
      'deployments',
      'events',
      'jobs',
      'leases',
      'namespaces',
      'packagedeployments/status',
      'secrets',
      'stores/status',
    ]);
  });

  it('take the image that was built, in the one container of that name', async () => {
    const deployment = (await objects()).find(({ kind }) => kind === 'Deployment') ?? expect.fail('none');
    const changed = withImage(deployment, 'controller', 'dk-controller:1-abc');
    expect(imagesOf(changed)).toEqual(['dk-controller:1-abc']);
    expect(imagesOf(withImage(deployment, 'other', 'x'))).toEqual(imagesOf(deployment));
    expect(withImage({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' } }, 'controller', 'x')).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'x' },
    });
  });
});

function imagesOf(object: object): readonly unknown[] {
  const at = (value: unknown, key: string): Mapping => {
    const found = isMapping(value) ? value[key] : undefined;
    return isMapping(found) ? found : {};
  };
  const { containers } = at(at(at({ ...object }, 'spec'), 'template'), 'spec');
  return Array.isArray(containers) ? containers.map((each: Mapping) => each['image']) : [];
}
