import { describe, expect, it } from 'vitest';
import { isRolledOut, type Pod, podFault, type StatefulSet } from '../../../src/environment/k3d/infra-rollout.ts';

const identity = { apiVersion: 'apps/v1', kind: 'StatefulSet' };
const done: StatefulSet = {
  ...identity,
  metadata: { name: 'postgres', generation: 2 },
  spec: { replicas: 1 },
  status: { observedGeneration: 2, readyReplicas: 1, updatedReplicas: 1, currentRevision: 'b', updateRevision: 'b' },
};

describe('a StatefulSet', () => {
  it('is rolled out when its newest pod is ready', () => {
    expect(isRolledOut(done)).toBe(true);
  });

  it.each([
    ['the change is not seen yet', { observedGeneration: 1 }],
    ['the pod is not ready', { readyReplicas: 0 }],
    ['the ready pod is the old one', { updatedReplicas: 0 }],
    ['the old revision is still there', { currentRevision: 'a' }],
  ])('is not rolled out while %s', (_, status) => {
    expect(isRolledOut({ ...done, status: { ...done.status, ...status } })).toBe(false);
  });

  it('is not rolled out before it has a status', () => {
    expect(isRolledOut({ ...identity, metadata: done.metadata })).toBe(false);
  });
});

describe('a pod', () => {
  const pod = (status: Pod['status']): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    ...(status && { status }),
  });
  const waiting = (reason: string, message?: string) => ({
    name: 'postgres',
    image: 'postgres:17',
    state: { waiting: { reason, ...(message && { message }) } },
  });

  it('says what the registry said', () => {
    const status = { containerStatuses: [waiting('ErrImagePull', 'not found')] };
    expect(podFault(pod(status))).toBe('image postgres:17 cannot be had (ErrImagePull): not found');
  });

  it('says what its first container lacks', () => {
    const status = { initContainerStatuses: [waiting('CreateContainerConfigError', 'secret "minio" not found')] };
    expect(podFault(pod(status))).toBe(
      'container postgres cannot start (CreateContainerConfigError): secret "minio" not found',
    );
  });

  it('says how a container ended that is started again and again', () => {
    const ended = { lastState: { terminated: { exitCode: 1, reason: 'Error' } } };
    const status = { containerStatuses: [{ ...waiting('CrashLoopBackOff'), ...ended }] };
    expect(podFault(pod(status))).toMatch(/ended with code 1/);
  });

  it('says why no node takes it', () => {
    const status = { conditions: [{ type: 'PodScheduled', status: 'False', message: 'Insufficient memory' }] };
    expect(podFault(pod(status))).toBe('no node takes its pod: Insufficient memory');
  });

  it('says nothing while it starts', () => {
    expect(podFault(pod(undefined))).toBeUndefined();
    expect(podFault(pod({ containerStatuses: [waiting('PodInitializing')] }))).toBeUndefined();
  });
});
