import { describe, expect, it } from 'vitest';
import { isJudged, judgeStore } from '../../../src/controller/stores/judge-store.ts';
import type { Served } from '../../../src/controller/watch.ts';
import type { StoreCheck } from '../../../src/data/check-store.ts';
import type { Store } from '../../../src/manifest/schema/store.ts';

const earlier = new Date('2026-01-01T00:00:00.123Z');
const later = new Date('2026-01-01T01:00:00Z');
const connected = (latencyMs: number): StoreCheck => ({ ok: true, latencyMs, version: '17.2' });
const refused: StoreCheck = { ok: false, stage: 'login', reason: 'password authentication failed for user "x"' };

function storeWith(more: Partial<Served<Store>> = {}, connection: Store['spec']['connection'] = { host: 'db' }) {
  const store: Served<Store> = {
    apiVersion: 'datakit.infoblox.dev/v1alpha1',
    kind: 'Store',
    metadata: { name: 'warehouse', namespace: 'dk-canary', generation: 3 },
    spec: { connector: 'postgres', connection },
  };
  return { ...store, ...more };
}
const judged = (store: Served<Store>, check: StoreCheck, now = earlier) => ({
  ...store,
  status: judgeStore(store, check, now),
});
const conditionOf = (store: Served<Store>, wanted: string) =>
  store.status?.conditions?.find(({ type }) => type === wanted);

describe('the status of a Store', () => {
  it('is ready, with the latency, once somebody has connected', () => {
    const store = judged(storeWith(), connected(12.4));
    expect(store.status.ready).toBe(true);
    expect(conditionOf(store, 'Ready')).toEqual({
      type: 'Ready',
      status: 'True',
      reason: 'Connected',
      message: 'connected in 12 ms, version 17.2',
      lastTransitionTime: '2026-01-01T00:00:00Z',
      observedGeneration: 3,
    });
    expect(conditionOf(store, 'Valid')).toMatchObject({ status: 'True' });
  });

  it.each([
    ['secret', 'SecretMissing'],
    ['address', 'AddressInvalid'],
    ['name', 'NameNotFound'],
    ['port', 'NothingListens'],
    ['timeout', 'TimedOut'],
    ['tls', 'TlsFailed'],
    ['starting', 'ServerStarting'],
    ['login', 'LoginRefused'],
    ['database', 'DatabaseRefused'],
    ['bucket', 'BucketRefused'],
    ['server', 'ServerFailed'],
  ] as const)('says what failed at the stage %s by the reason %s', (stage, reason) => {
    const store = judged(storeWith(), { ok: false, stage, reason: 'why' });
    expect(store.status.ready).toBe(false);
    expect(conditionOf(store, 'Ready')).toMatchObject({ status: 'False', reason, message: 'why' });
  });

  it('is neither ready nor not where nobody can ask', () => {
    const store = judged(storeWith(), { ok: undefined, reason: 'not to kafka' });
    expect(store.status).not.toHaveProperty('ready');
    expect(conditionOf(store, 'Ready')).toMatchObject({ status: 'Unknown', reason: 'NotSpoken' });
  });

  it('names a connection field that holds more than a scalar, whatever else is right', () => {
    const store = judged(storeWith({}, { host: 'db', tls: { ca: 'x' } }), connected(1));
    expect(conditionOf(store, 'Valid')).toMatchObject({
      status: 'False',
      reason: 'NestedConnection',
      message: 'connection.tls must be a string, a number or a boolean',
    });
    expect(store.status.ready).toBe(false);
  });

  it('stays the very same while a latency only wavers, and changes when it is many times as much', () => {
    const store = judged(storeWith(), connected(12));
    for (const ms of [3, 12, 600, 999]) expect(judgeStore(store, connected(ms), later)).toBe(store.status);
    const slow = judged(store, connected(3000), later);
    expect(conditionOf(slow, 'Ready')?.message).toContain('3000 ms');
    expect(judgeStore(slow, connected(9000), later)).toBe(slow.status);
    expect(judgeStore(slow, connected(12), later)).not.toBe(slow.status);
  });

  it('keeps the time of the last change as long as it is the same kind of state', () => {
    const broken = judged(judged(storeWith(), connected(5)), refused, later);
    expect(conditionOf(broken, 'Ready')?.lastTransitionTime).toBe('2026-01-01T01:00:00Z');
    expect(conditionOf(broken, 'Valid')?.lastTransitionTime).toBe('2026-01-01T00:00:00Z');
    const worse = judged(broken, { ok: false, stage: 'port', reason: 'refused' }, new Date('2026-01-02T00:00:00Z'));
    expect(conditionOf(worse, 'Ready')?.lastTransitionTime).toBe('2026-01-01T01:00:00Z');
  });

  it('is told anew for another generation, since it may be of another server', () => {
    const store = judged(storeWith(), connected(5));
    const changed = { ...store, metadata: { ...store.metadata, generation: 4 } };
    expect(isJudged(store)).toBe(true);
    expect(isJudged(changed)).toBe(false);
    expect(isJudged({ ...changed, status: judgeStore(changed, connected(5), later) })).toBe(true);
  });

  it('by dk itself, without a generation, is no word of the controller', () => {
    const ready = { type: 'Ready', status: 'True', reason: 'SeenByDk', message: '', lastTransitionTime: '' } as const;
    expect(isJudged(storeWith({ status: { ready: true, conditions: [ready] } }))).toBe(false);
  });
});
