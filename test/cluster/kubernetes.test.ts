import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Kubernetes, KubernetesObject } from '../../src/tools/kubernetes.ts';
import { kubernetesReasonOf } from '../../src/tools/kubernetes-fault.ts';
import { createTestContext } from '../helpers/context.ts';
import { image, installCrds, noImage, openText, startCluster, type TestCluster } from './kubernetes-cluster.ts';

let cluster: TestCluster;
let kubernetes: Kubernetes;
const namespace = 'client-tests';
const labels = { app: 'sleeper' };

interface Pod extends KubernetesObject {
  readonly status?: { readonly phase?: string };
}

beforeAll(async () => {
  if (!image) return;
  cluster = await startCluster(image);
  kubernetes = cluster.kubernetes;
  await kubernetes.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
});
afterAll(() => cluster?.close());

describe('a cluster without our CRDs', () => {
  it('is told apart, with the command that installs them', async ({ skip }) => {
    skip(!image, noImage);
    expect(await kubernetes.serves('Cell')).toBe(false);
    await expect(kubernetes.list({ kind: 'Cell' })).rejects.toMatchObject({
      kind: 'prerequisite',
      message: expect.stringContaining('does not know cells'),
      next: [expect.stringMatching(/^kubectl --context default apply -f .*infra-manifests\/crds$/), expect.anything()],
    });
    await installCrds(cluster);
    expect(await kubernetes.list({ kind: 'Cell' })).toEqual([]);
  });
});

describe('objects in a cluster', () => {
  it('are created, changed or left as they are, and a dry run tells which before', async ({ skip }) => {
    skip(!image, noImage);
    const settings = (value: string) => configMap('settings', { value });
    expect(await kubernetes.wouldChange(settings('1'))).toBe(
      `ConfigMap settings in namespace ${namespace} is not there`,
    );
    expect(await kubernetes.apply(settings('1'))).toBe('created');
    expect(await kubernetes.wouldChange(settings('1'))).toBeUndefined();
    expect(await kubernetes.apply(settings('1'))).toBe('unchanged');
    const before = await kubernetes.get({ kind: 'ConfigMap', name: 'settings', namespace });
    expect(await kubernetes.wouldChange(settings('2'))).toMatch(/differs in data\.value$/);
    expect(await kubernetes.get({ kind: 'ConfigMap', name: 'settings', namespace })).toEqual(before);
    expect(await kubernetes.apply(settings('2'))).toBe('changed');
  });

  it('with a field that there is not are invalid, and a Secret is never quoted', async ({ skip }) => {
    skip(!image, noImage);
    const misspelt = { ...configMap('wrong', {}), dta: {} };
    await expect(kubernetes.apply(misspelt)).rejects.toMatchObject({
      kind: 'invalid',
      why: [expect.stringContaining('.dta')],
    });
    const secret = { ...configMap('wrong', { key: 'no base64: hunter2' }), kind: 'Secret' };
    const failure = await kubernetes.apply(secret).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'invalid' });
    expect(JSON.stringify(failure)).not.toContain('hunter2');
  });

  it('are deleted only if they are the ones that were seen', async ({ skip }) => {
    skip(!image, noImage);
    await kubernetes.create(configMap('mine', {}));
    await expect(kubernetes.create(configMap('mine', {}))).rejects.toMatchObject({ kind: 'conflict' });
    const reference = { kind: 'ConfigMap', name: 'mine', namespace } as const;
    expect(await kubernetes.delete(reference, { uid: 'e7f0' })).toBe(false);
    const uid = (await kubernetes.get(reference))?.metadata.uid;
    expect(await kubernetes.delete(reference, { uid })).toBe(true);
    expect(await kubernetes.delete(reference)).toBe(false);
  });

  it('are waited for with each reason told once, and at most as long as was said', async ({ skip }) => {
    skip(!image, noImage);
    const said: string[] = [];
    const wait = kubernetes.waitFor<KubernetesObject & { data?: Record<string, string> }>(
      { kind: 'ConfigMap', namespace, name: 'late' },
      {
        timeoutMs: 30_000,
        say: (why) => said.push(why),
        until: ([late]) => (late === undefined ? 'not there' : late.data?.['step'] === '2' ? undefined : 'half there'),
      },
    );
    await kubernetes.apply(configMap('late', { step: '1' }));
    await expect.poll(() => said).toContain('half there');
    await kubernetes.apply(configMap('late', { step: '2' }));
    expect(await wait).toMatchObject([{ data: { step: '2' } }]);
    expect(said.at(-1)).toBe('half there');
    const never = { timeoutMs: 300, what: 'It never comes', until: () => 'nobody makes it' };
    await expect(kubernetes.waitFor({ kind: 'Pod', namespace, name: 'none' }, never)).rejects.toMatchObject({
      kind: 'stillStarting',
      message: 'It never comes within 0.3 s',
      why: ['nobody makes it'],
    });
  });
});

describe('a pod', () => {
  it('runs commands with stdin, and gives its log as it comes', async ({ skip }) => {
    skip(!image, noImage);
    await kubernetes.apply(sleeper);
    await kubernetes.waitFor<Pod>(
      { kind: 'Pod', namespace, labels },
      { timeoutMs: 60_000, until: ([pod]) => (pod?.status?.phase === 'Running' ? undefined : 'not running') },
    );
    const at = { namespace, pod: 'sleeper' };
    const ran = await kubernetes.exec({ ...at, command: ['sh', '-c', 'cat; echo bad >&2; exit 3'], stdin: 'in' });
    expect(ran).toEqual({ code: 3, stdout: 'in', stderr: 'bad\n' });
    const large = 'x'.repeat(300_000);
    expect(await kubernetes.exec({ ...at, command: ['cat'], stdin: large })).toEqual({
      code: 0,
      stdout: large,
      stderr: '',
    });
    await expect(kubernetes.exec({ ...at, command: ['sleep', '60'], timeoutMs: 500 })).rejects.toMatchObject({
      kind: 'stillStarting',
    });
    await expect(kubernetes.exec({ ...at, pod: 'none', command: ['true'] })).rejects.toMatchObject({
      kind: 'notFound',
    });
    const log = text(await kubernetes.logs({ ...at, follow: true }));
    await kubernetes.delete({ kind: 'Pod', name: 'sleeper', namespace });
    expect(await log).toBe('started\n');
  });
});

describe('a login', () => {
  it('that may not is refused, with the permission that is missing', async ({ skip }) => {
    skip(!image, noImage);
    const token = await serviceAccountToken('nobody');
    const weak = await openText(withToken(cluster.kubeconfig, token));
    const failure = await weak.list({ kind: 'Store', namespace }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      kind: 'refused',
      message: `You may not list stores in namespace ${namespace} of context default`,
      next: [`kubectl --context default auth can-i list stores -n ${namespace}`, expect.anything()],
    });
    expect(JSON.stringify(failure)).not.toContain(token);
  });

  it('that is wrong is another message, without the token', async ({ skip }) => {
    skip(!image, noImage);
    const wrong = await openText(withToken(cluster.kubeconfig, 'wrong-token'));
    const failure = await wrong.list({ kind: 'Cell' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      kind: 'prerequisite',
      message: expect.stringContaining('does not accept your login'),
    });
    expect(JSON.stringify(failure)).not.toContain('wrong-token');
    expect(kubernetesReasonOf(failure)).toBe('unauthorized');
  });

  it('to a server of another authority is told what may stand in between', async ({ skip }) => {
    skip(!image, noImage);
    const unknown = cluster.kubeconfig.replace(/certificate-authority-data: .*\n/, '');
    const kubernetesElsewhere = await openText(unknown, createTestContext().context);
    await expect(kubernetesElsewhere.version()).rejects.toMatchObject({
      kind: 'prerequisite',
      why: [expect.anything(), expect.stringContaining('not signed by the authority')],
    });
  });
});

const sleeper = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'sleeper', namespace, labels },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'main',
        image: 'docker.io/library/busybox:1.37',
        imagePullPolicy: 'IfNotPresent',
        command: ['sh', '-c', 'echo started; exec sleep 3600'],
      },
    ],
  },
};

function configMap(name: string, data: Readonly<Record<string, string>>) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

/** The token of a ServiceAccount without any Role. */
async function serviceAccountToken(name: string): Promise<string> {
  await kubernetes.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } });
  await kubernetes.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    metadata: { name, namespace, annotations: { 'kubernetes.io/service-account.name': name } },
  });
  interface TokenSecret extends KubernetesObject {
    readonly data?: { readonly token?: string };
  }
  const [secret] = await kubernetes.waitFor<TokenSecret>(
    { kind: 'Secret', namespace, name },
    { timeoutMs: 30_000, until: ([found]) => (found?.data?.token ? undefined : 'no token yet') },
  );
  return Buffer.from(secret?.data?.token ?? '', 'base64').toString();
}

/** The same cluster, with a token in the place of the certificate. */
function withToken(kubeconfig: string, token: string): string {
  return kubeconfig.replace(/client-certificate-data: .*\n\s+client-key-data: .*/, `token: ${token}`);
}
