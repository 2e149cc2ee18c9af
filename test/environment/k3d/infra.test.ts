import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  infraNamespace,
  infraObjects,
  type ManifestText,
  readManifestFolder,
  withSecretVersion,
} from '../../../src/environment/k3d/infra.ts';
import { repository } from '../../helpers/dk.ts';

const id = 'f2b5c2a0-0d0c-4a53-9a55-6d0f6a1f7f10';
const labels = { 'app.kubernetes.io/managed-by': 'dk', 'datakit.infoblox.dev/environment': id };
const servers = ['postgres', 'minio'] as const;
const objectsOf = async (server: string) =>
  infraObjects(await readManifestFolder(join(repository, 'infra-manifests', server)), id);
const workloadOf = async (server: string) => {
  const found = (await objectsOf(server)).find(({ kind }) => kind === 'StatefulSet');
  return found ?? expect.fail(`${server} has no StatefulSet`);
};

describe.each(servers)('the manifests of %s', (server) => {
  it('begin with the namespace that all others are in, or in none', async () => {
    const [first, ...others] = await objectsOf(server);
    expect(first).toMatchObject({ kind: 'Namespace', metadata: { name: infraNamespace } });
    const namespaces = others.map(({ kind, metadata }) =>
      kind === 'PersistentVolume' ? infraNamespace : metadata.namespace,
    );
    expect(new Set(namespaces)).toEqual(new Set([infraNamespace]));
  });

  it("bear the environment's labels on every object and every pod", async () => {
    for (const object of await objectsOf(server)) expect(object).toMatchObject({ metadata: { labels } });
    expect(await workloadOf(server)).toMatchObject({ spec: { template: { metadata: { labels } } } });
  });

  it('hold no Secret, run nothing as root but what makes a folder theirs, and pull no image that is there', async () => {
    expect((await objectsOf(server)).map(({ kind }) => kind)).not.toContain('Secret');
    const { securityContext, initContainers, containers } = podOf(await workloadOf(server));
    expect(securityContext).toMatchObject({ runAsNonRoot: true });
    const roots = initContainers.filter((each) => each.securityContext.runAsUser === 0);
    expect(roots.map((each) => each.command[0])).toEqual(['chown']);
    for (const each of [...initContainers, ...containers]) {
      expect(each).toMatchObject({ imagePullPolicy: 'IfNotPresent', resources: { requests: {} } });
      expect(each.securityContext).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true });
    }
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'])
      expect(containers[0]).toHaveProperty(probe);
  });
});

describe('the version of a Secret', () => {
  const secret = { name: 'minio', uid: 'one', resourceVersion: '1' };
  const versionOf = (object: object) =>
    templateOf(object).metadata.annotations?.['datakit.infoblox.dev/secret-version'];

  it('stands on the pods of a server that reads it when it starts, and changes with its state', async () => {
    const minio = await workloadOf('minio');
    const version = versionOf(withSecretVersion(minio, [secret]));
    expect(version).toMatch(/^[0-9a-f]{16}$/);
    expect(versionOf(withSecretVersion(minio, [{ ...secret }]))).toBe(version);
    expect(versionOf(withSecretVersion(minio, [{ ...secret, uid: 'two' }]))).not.toBe(version);
    expect(versionOf(withSecretVersion(minio, [{ ...secret, resourceVersion: '2' }]))).not.toBe(version);
  });

  it('does not stand where a Secret is only read to make the data, nor on what is no workload', async () => {
    const postgres = { ...secret, name: 'postgres' };
    for (const object of await objectsOf('postgres')) expect(withSecretVersion(object, [postgres])).toEqual(object);
  });
});

describe('a file that is no manifest', () => {
  it.each([
    ['broken', 'kind: [', /cannot|not YAML/],
    ['without a name', 'apiVersion: v1\nkind: Secret\nmetadata: {}\n', /metadata\.name/],
  ])('is named: %s', (_, text, why) => {
    const files: readonly ManifestText[] = [{ file: '/infra/odd.yaml', text }];
    expect(() => infraObjects(files, id)).toThrow('/infra/odd.yaml is not a Kubernetes manifest');
    expect(reasonsOf(() => infraObjects(files, id))).toMatch(why);
  });
});

interface Template {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: Pod;
}

interface Pod {
  readonly securityContext: object;
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
}

interface Container {
  readonly command: readonly string[];
  readonly securityContext: { readonly runAsUser?: number };
}

function templateOf(object: object): Template {
  return (object as { readonly spec: { readonly template: Template } }).spec.template;
}

function podOf(object: object): Pod {
  return templateOf(object).spec;
}

function reasonsOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as { readonly why: readonly string[] }).why.join();
  }
  return expect.fail('nothing was thrown');
}
