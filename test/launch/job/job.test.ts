import { describe, expect, test } from 'vitest';
import { type JobWish, jobManifest, secretManifest } from '../../../src/launch/job/manifest.ts';
import { type Pod, podState } from '../../../src/launch/job/pod-state.ts';
import { jobName } from '../../../src/launch/job/prepare.ts';
import { podResources } from '../../../src/launch/resources.ts';

const wish: JobWish = {
  name: 'tiny-20261123-101112-a1b2c3',
  namespace: 'dk-canary',
  labels: { team: 'data' },
  image: 'dk-tiny:1.0.0-0123456789ab',
  isOurs: true,
  command: undefined,
  args: ['$HOME', '$(PASS)', '$$'],
  variables: ['PASS'],
  resources: podResources({ memory: '64Mi', requests: { cpu: '100m' } }),
  serviceAccountName: undefined,
  timeoutMs: 90_500,
  keep: false,
};

describe('the Job of a run', () => {
  test('is suspended until its Secret is there, and never tried again', () => {
    expect(jobManifest(wish)).toMatchObject({
      metadata: { name: wish.name, namespace: 'dk-canary', labels: { team: 'data' } },
      spec: {
        suspend: true,
        backoffLimit: 0,
        activeDeadlineSeconds: 151,
        ttlSecondsAfterFinished: 3600,
        template: { metadata: { labels: { team: 'data' } }, spec: { restartPolicy: 'Never' } },
      },
    });
  });

  test('takes its variables from the Secret, and its arguments as they are', () => {
    const [container] = containersOf(wish);
    expect(container).toMatchObject({
      args: ['$$HOME', '$$(PASS)', '$$$$'],
      env: [{ name: 'PASS', valueFrom: { secretKeyRef: { name: wish.name, key: 'PASS' } } }],
      resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '64Mi' } },
      imagePullPolicy: 'Never',
    });
    expect(container).not.toHaveProperty('command');
  });

  test('runs an image that dk has built as its user, and leaves another one as it is', () => {
    const spec = (changes: Partial<JobWish>) => JSON.stringify(jobManifest({ ...wish, ...changes }));
    expect(spec({})).toContain('"runAsUser":1000');
    expect(spec({ isOurs: false })).not.toMatch(/securityContext|shareProcessNamespace/);
    expect(containersOf({ ...wish, isOurs: false })).toMatchObject([{ imagePullPolicy: 'IfNotPresent' }]);
  });

  test('stays as long as it is kept, and has the account that is asked for', () => {
    const kept = jobManifest({ ...wish, keep: true, timeoutMs: undefined, serviceAccountName: 'loader' });
    expect(kept.spec).not.toHaveProperty('ttlSecondsAfterFinished');
    expect(kept.spec).not.toHaveProperty('activeDeadlineSeconds');
    expect(kept).toMatchObject({ spec: { template: { spec: { serviceAccountName: 'loader' } } } });
  });

  test('owns the Secret with the values', () => {
    expect(secretManifest(wish, { PASS: 'wort-ä' }, 'the-uid')).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: wish.name,
        namespace: 'dk-canary',
        labels: { team: 'data' },
        ownerReferences: [
          { apiVersion: 'batch/v1', kind: 'Job', name: wish.name, uid: 'the-uid', blockOwnerDeletion: true },
        ],
      },
      data: { PASS: Buffer.from('wort-ä').toString('base64') },
    });
  });

  test('is called as its run, shortened where a name may not be as long', () => {
    expect(jobName('tiny-20261123-101112-a1b2c3')).toBe('tiny-20261123-101112-a1b2c3');
    const long = `${'package-'.repeat(6)}name`;
    expect(jobName(`${long}-20261123-101112-a1b2c3`)).toBe(`${long.slice(0, 39)}-20261123-101112-a1b2c3`);
  });
});

describe('the state of a pod', () => {
  const stateOf = (status: NonNullable<Pod['status']>) =>
    podState({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, status }, '64Mi');
  const container = (state: object) => ({ containerStatuses: [{ state }] });
  const ended = (code: number | null, reason?: string) => ({
    kind: 'ended',
    exit: { code, signal: null, ...(reason !== undefined && { reason }) },
  });

  test.each([
    ['nothing known', {}, { kind: 'waiting' }],
    ['being made', container({ waiting: { reason: 'ContainerCreating' } }), { kind: 'waiting' }],
    ['running', container({ running: {} }), { kind: 'running' }],
    ['done', container({ terminated: { exitCode: 0, reason: 'Completed' } }), ended(0)],
    ['failed', container({ terminated: { exitCode: 42, reason: 'Error' } }), ended(42)],
    [
      'out of memory',
      container({ terminated: { exitCode: 137, reason: 'OOMKilled' } }),
      ended(137, 'OOMKilled: it used more memory than it may (64Mi)'),
    ],
    [
      'evicted while it ran',
      { reason: 'Evicted', message: 'low on disk', ...container({ terminated: { exitCode: 137, reason: 'Error' } }) },
      ended(137, 'Evicted: low on disk'),
    ],
    [
      'evicted before it ran',
      { phase: 'Failed', reason: 'Evicted', message: 'low on disk' },
      ended(null, 'Evicted: low on disk'),
    ],
    [
      'without its program',
      container({ terminated: { exitCode: 128, reason: 'StartError', message: 'exec: "x": not found' } }),
      ended(null, 'StartError: exec: "x": not found'),
    ],
    [
      'without its image',
      container({ waiting: { reason: 'ImagePullBackOff', message: 'manifest unknown' } }),
      ended(null, 'ImagePullBackOff: manifest unknown'),
    ],
  ])('%s', (_, status, expected) => {
    expect(stateOf(status)).toEqual(expected);
  });
});

test('flat resources are requests and limits at once, and weaker than both', () => {
  expect(podResources()).toEqual({ requests: {}, limits: {} });
  expect(podResources({ cpu: '1', ephemeralStorage: '1Gi', limits: { cpu: '2' } })).toEqual({
    requests: { cpu: '1', 'ephemeral-storage': '1Gi' },
    limits: { cpu: '2', 'ephemeral-storage': '1Gi' },
  });
});

function containersOf(of: JobWish): readonly unknown[] {
  const { template } = jobManifest(of).spec as { template: { spec: { containers: unknown[] } } };
  return template.spec.containers;
}
