import { describe, expect, it } from 'vitest';
import { judgeCell, type ObservedCell } from '../../../src/controller/cells/judge-cell.ts';
import { judgeStore } from '../../../src/controller/stores/judge-store.ts';
import type { Served } from '../../../src/controller/watch.ts';
import type { StoreCheck } from '../../../src/data/check-store.ts';
import type { Store } from '../../../src/manifest/schema/store.ts';
import { cellOf, storeOf } from '../../cells/manifests.ts';

const now = new Date('2026-01-01T00:00:00Z');
const later = new Date('2026-01-01T01:00:00Z');
const reached: StoreCheck = { ok: true, latencyMs: 3 };
const refused: StoreCheck = { ok: false, stage: 'login', reason: 'no' };

const unjudged = (name: string): Served<Store> => storeOf(name, { metadata: { name } });
const storeWith = (name: string, check: StoreCheck): Served<Store> => {
  const store: Served<Store> = { ...unjudged(name), metadata: { name, namespace: 'dk-canary', generation: 1 } };
  return { ...store, status: judgeStore(store, check, now) };
};
const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dk-canary' } };
const cell: ObservedCell['cell'] = { ...cellOf('canary'), metadata: { name: 'canary', generation: 1 } };
const observed = (change: Partial<ObservedCell> = {}): ObservedCell => ({
  cell,
  namespace,
  stores: [storeWith('lake-raw', reached), storeWith('warehouse', reached)],
  packageCount: 3,
  ...change,
});
const reasonOf = (change: Partial<ObservedCell>) => judgeCell(observed(change), now)?.conditions?.[0]?.reason;

describe('the status of a Cell', () => {
  it('counts what is in its namespace, and is ready when every Store is', () => {
    expect(judgeCell(observed(), now)).toEqual({
      ready: true,
      storeCount: 2,
      packageCount: 3,
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'StoresReady',
          message: 'every Store can be reached',
          lastTransitionTime: '2026-01-01T00:00:00Z',
          observedGeneration: 1,
        },
      ],
    });
  });

  it('names the Stores that are not ready', () => {
    const stores = [storeWith('warehouse', refused), storeWith('lake-raw', reached), storeWith('archive', refused)];
    const status = judgeCell(observed({ stores }), now);
    expect(status).toMatchObject({ ready: false, storeCount: 3 });
    expect(status?.conditions?.[0]).toMatchObject({
      reason: 'StoresNotReady',
      message: 'not ready: archive, warehouse',
    });
  });

  it('is ready beside a Store that nobody can connect to from here', () => {
    expect(reasonOf({ stores: [storeWith('events', { ok: undefined, reason: 'kafka' })] })).toBe('StoresReady');
  });

  it('is ready without any Store', () => {
    expect(reasonOf({ stores: [] })).toBe('StoresReady');
  });

  it('is not ready without its namespace, or with one that is being deleted', () => {
    expect(reasonOf({ namespace: undefined })).toBe('NamespaceMissing');
    const metadata = { name: 'dk-canary', deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect(reasonOf({ namespace: { ...namespace, metadata } })).toBe('NamespaceTerminating');
  });

  it('stays as it is until every Store has been looked at', () => {
    expect(judgeCell(observed({ stores: [unjudged('warehouse')] }), now)).toBeUndefined();
    const status = judgeCell(observed(), now);
    const known = { ...cell, ...(status && { status }) };
    expect(judgeCell(observed({ cell: known, stores: [unjudged('warehouse')] }), later)).toBe(known.status);
  });

  it('stays the very same where nothing has changed, and keeps the time of its last change', () => {
    const known = { ...cell, status: judgeCell(observed(), now) ?? expect.fail('no status') };
    expect(judgeCell(observed({ cell: known }), later)).toBe(known.status);
    const more = judgeCell(observed({ cell: known, packageCount: 4 }), later);
    expect(more).toMatchObject({ packageCount: 4, conditions: [{ lastTransitionTime: '2026-01-01T00:00:00Z' }] });
  });
});
