import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openKubernetes } from '../../src/tools/kubernetes.ts';
import { listContexts, userKubeconfig } from '../../src/tools/kubernetes-config.ts';
import { differingPaths } from '../../src/tools/kubernetes-diff.ts';
import { findFreePort } from '../../src/tools/ports.ts';
import { createTestContext } from '../helpers/context.ts';

const folder = mkdtempSync(join(tmpdir(), 'dk-kubeconfig-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A kubeconfig of one cluster, JSON being YAML, too. */
function write(name: string, { server = 'https://127.0.0.1:1', token = 'very-secret-token', current = name } = {}) {
  const file = join(folder, `${name}.yaml`);
  const config = {
    'current-context': current,
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

describe('a kubeconfig', () => {
  it('is all files of KUBECONFIG, of which the first that names something wins', async () => {
    const env = { KUBECONFIG: `${write('staging')}:${join(folder, 'missing')}::${write('prod')}` };
    const source = userKubeconfig({ env });
    expect(await listContexts(source)).toEqual({ names: ['prod', 'staging'], current: 'staging' });
  });

  it('lies below the home without KUBECONFIG, and where there is none there are no contexts', async () => {
    const source = userKubeconfig({ env: { HOME: folder } });
    expect(source).toEqual({ files: [join(folder, '.kube/config')] });
    expect(await listContexts(source)).toEqual({ names: [] });
  });

  it('whose current context does not exist has none', async () => {
    expect(await listContexts({ files: [write('lost', { current: 'gone' })] })).toEqual({ names: ['lost'] });
  });

  it('that is broken is refused without a word of its text', async () => {
    const text = 'users: [{name: x, user: {token: very-secret-token}]';
    const failure = await openKubernetes(createTestContext().context, { text }, 'x').catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'prerequisite', message: expect.stringContaining('not a kubeconfig') });
    expect(JSON.stringify(failure)).not.toContain('very-secret');
  });

  it('without the context that is asked for says which ones it has', async () => {
    const opening = openKubernetes(createTestContext().context, { files: [write('staging')] }, 'prod');
    await expect(opening).rejects.toMatchObject({ kind: 'prerequisite', why: 'It has staging'.split('\n') });
  });

  it('gives its token to the redaction of all output', async () => {
    const { context } = createTestContext();
    await openKubernetes(context, { files: [write('staging')] }, 'staging');
    expect(context.secrets.redact('Bearer very-secret-token')).not.toContain('very-secret');
  });
});

describe('a cluster that does not answer', () => {
  it('cannot be reached: the message has the server and the cause, and no token', async () => {
    const port = await findFreePort(30_000 + Math.floor(Math.random() * 2000));
    const file = write('down', { server: `https://127.0.0.1:${port}` });
    const kubernetes = await openKubernetes(createTestContext().context, { files: [file] }, 'down');
    const failure = await kubernetes.version().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      kind: 'prerequisite',
      message: 'The cluster of context down cannot be reached',
      why: [expect.stringMatching(`^https://127.0.0.1:${port}: .*ECONNREFUSED`)],
    });
    expect(JSON.stringify(failure)).not.toContain('very-secret');
  });

  it('and a proxy in the environment is named, as it is not used', async () => {
    const { context } = createTestContext({ env: { HTTPS_PROXY: 'http://proxy:3128' } });
    const kubernetes = await openKubernetes(context, { files: [write('down')] }, 'down');
    await expect(kubernetes.version()).rejects.toMatchObject({
      why: [expect.anything(), expect.stringContaining('HTTPS_PROXY is set and not used')],
    });
  });

  it('is given up when the command is interrupted, with the reason of that', async () => {
    const controller = new AbortController();
    const { context } = createTestContext({ signal: controller.signal });
    const kubernetes = await openKubernetes(context, { files: [write('down')] }, 'down');
    controller.abort(new Error('interrupted'));
    await expect(kubernetes.list({ kind: 'Cell' })).rejects.toThrow('interrupted');
  });
});

describe('two states of an object', () => {
  const object = {
    metadata: { name: 'a', resourceVersion: '1', managedFields: [1] },
    spec: { replicas: 1, ports: [1] },
  };

  it('are the same if only what the server counts differs', () => {
    const later = { ...object, metadata: { name: 'a', resourceVersion: '2', generation: 7, managedFields: [] } };
    expect(differingPaths(object, later)).toEqual([]);
  });

  it('differ by paths, never by values', () => {
    const other = { metadata: { name: 'a', labels: { x: 'y' } }, spec: { replicas: 2, ports: [2] } };
    expect(differingPaths(object, other)).toEqual(['spec.replicas', 'spec.ports', 'metadata.labels']);
  });
});
