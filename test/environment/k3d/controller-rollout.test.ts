import { describe, expect, it } from 'vitest';
import { isAvailable, isHeld } from '../../../src/environment/k3d/controller-rollout.ts';

const metadata = { name: 'dk-controller', generation: 2 };
const done = { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
const deployment = (status: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata,
  spec: { replicas: 1 },
  status: { ...done, ...status },
});

describe("the controller's Deployment", () => {
  it('is available once its one pod is of the newest template', () => {
    expect(isAvailable(deployment({}))).toBe(true);
  });

  it.each([
    ['the cluster has not seen the newest template', { observedGeneration: 1 }],
    ['the pod is of an older one', { updatedReplicas: 0 }],
    ['the older one is still there', { replicas: 2 }],
    ['the pod is not ready', { availableReplicas: 0 }],
  ])('is not while %s', (_, status) => {
    expect(isAvailable(deployment(status))).toBe(false);
  });
});

describe("the controller's Lease", () => {
  const now = new Date('2026-01-01T00:01:00Z');
  const lease = (spec: object) => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'dk-controller' },
    spec: { holderIdentity: 'one', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:50.123000Z', ...spec },
  });

  it('is held by who has renewed it in time, give or take what clocks differ', () => {
    expect(isHeld(lease({}), now)).toBe(true);
    expect(isHeld(lease({ renewTime: '2026-01-01T00:00:41.000000Z' }), now)).toBe(true);
    expect(isHeld(lease({ renewTime: '2026-01-01T00:00:30.000000Z' }), now)).toBe(false);
  });

  it('is held by nobody when it was let go, and where there is none', () => {
    expect(isHeld(lease({ holderIdentity: null }), now)).toBe(false);
    expect(isHeld(lease({ holderIdentity: '' }), now)).toBe(false);
    expect(isHeld(undefined, now)).toBe(false);
  });
});
