import { describe, expect, it } from 'vitest';
import { type Change, createObjectCache } from '../../src/controller/object-cache.ts';
import type { KubernetesObject } from '../../src/tools/kubernetes.ts';

const object = (name: string, version: number, namespace = 'ns') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, resourceVersion: String(version), managedFields: [{ manager: 'kubectl' }] },
});

function open() {
  const { cache, take } = createObjectCache<KubernetesObject>();
  const changes: string[] = [];
  const version = (one: KubernetesObject | undefined) => one?.metadata.resourceVersion ?? 'none';
  cache.listen(
    ({ key, before, after }: Change<KubernetesObject>) =>
      void changes.push(`${key} ${version(before)} → ${version(after)}`),
  );
  return { cache, take, changes };
}

describe('a cache', () => {
  it('holds what was listed, as it has changed since', () => {
    const { cache, take, changes } = open();
    take({ type: 'listed', objects: [object('a', 1), object('b', 2), object('c', 3, 'other')] });
    take({ type: 'changed', object: object('a', 4) });
    take({ type: 'deleted', object: object('b', 5) });
    expect(cache.all().map(({ metadata }) => metadata.name)).toEqual(['a', 'c']);
    expect(cache.in('ns')).toEqual([cache.get('ns/a')]);
    expect(cache.in('nowhere')).toEqual([]);
    expect(changes).toEqual([
      ...['ns/a none → 1', 'ns/b none → 2', 'other/c none → 3'],
      ...['ns/a 1 → 4', 'ns/b 2 → none'],
    ]);
  });

  it('forgets what is not in a later list', () => {
    const { cache, take, changes } = open();
    take({ type: 'listed', objects: [object('a', 1), object('b', 2)] });
    take({ type: 'listed', objects: [object('b', 2)] });
    expect(cache.all()).toEqual([cache.get('ns/b')]);
    expect(changes.slice(2)).toEqual(['ns/a 1 → none']);
  });

  it('knows the answer to a write before the news of it, which then is none', () => {
    const { cache, take, changes } = open();
    take({ type: 'listed', objects: [object('a', 9)] });
    cache.record(object('a', 11));
    take({ type: 'changed', object: object('a', 10) });
    take({ type: 'changed', object: object('a', 11) });
    expect(cache.get('ns/a')?.metadata.resourceVersion).toBe('11');
    expect(changes).toEqual(['ns/a none → 9', 'ns/a 9 → 11']);
  });

  it('keeps what was made anew while the news of its predecessor’s end comes late', () => {
    const { cache, take } = open();
    cache.record(object('a', 20));
    take({ type: 'deleted', object: object('a', 19) });
    expect(cache.get('ns/a')?.metadata.resourceVersion).toBe('20');
  });

  it('does not keep who has set which field', () => {
    const { cache } = open();
    cache.record(object('a', 1));
    expect(cache.get('ns/a')?.metadata).not.toHaveProperty('managedFields');
  });
});
