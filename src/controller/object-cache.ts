import type { KubernetesObject } from '../tools/kubernetes.ts';
import type { WatchEvent } from '../tools/kubernetes-watch.ts';

/** One object that has come, changed or gone. */
export interface Change<T> {
  readonly key: string;
  /** Undefined for what was not there. */
  readonly before: T | undefined;
  /** Undefined for what is gone. */
  readonly after: T | undefined;
}

/** What a cluster holds of one kind, as far as it has been told. */
export interface ObjectCache<T extends KubernetesObject> {
  /** By its key; see `keyOf`. */
  get(key: string): T | undefined;
  all(): readonly T[];
  in(namespace: string): readonly T[];
  /** Hears of every change from now on. */
  listen(listener: (change: Change<T>) => void): void;
  /** Takes the answer to a write of one's own, so that nothing has to wait for news of it. */
  record(object: T): void;
}

/** `namespace/name`, or the name alone of what is in no namespace. */
export function keyOf({ metadata: { namespace, name } }: KubernetesObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Keeps the newest of each object; news that is older than what is known is no news. */
export function createObjectCache<T extends KubernetesObject>() {
  const objects = new Map<string, T>();
  const namespaces = new Map<string, Set<string>>();
  const listeners: ((change: Change<T>) => void)[] = [];
  const put = (key: string, before: T | undefined, after: T | undefined) => {
    if (after) objects.set(key, after);
    else objects.delete(key);
    index(namespaces, key, (after ?? before)?.metadata.namespace ?? '', after !== undefined);
    for (const listener of listeners) listener({ key, before, after });
  };
  const record = (object: T) => {
    const key = keyOf(object);
    const before = objects.get(key);
    if (before === undefined || isNewer(object, before)) put(key, before, light(object));
  };
  const remove = (key: string, last?: T) => {
    const before = objects.get(key);
    if (before && (last === undefined || !isNewer(before, last))) put(key, before, undefined);
  };
  const replace = (listed: readonly T[]) => {
    const there = new Set(listed.map(keyOf));
    for (const key of [...objects.keys()]) if (!there.has(key)) remove(key);
    for (const object of listed) record(object);
  };
  const inOrder = (keys: Iterable<string>) => [...keys].flatMap((key) => objects.get(key) ?? []);
  const cache: ObjectCache<T> = {
    get: (key) => objects.get(key),
    all: () => [...objects.values()],
    in: (namespace) => inOrder(namespaces.get(namespace) ?? []),
    listen: (listener) => void listeners.push(listener),
    record,
  };
  const take = (event: WatchEvent<T>) => {
    if (event.type === 'listed') replace(event.objects);
    else if (event.type === 'changed') record(event.object);
    else remove(keyOf(event.object), event.object);
  };
  return { cache, take };
}

function index(namespaces: Map<string, Set<string>>, key: string, namespace: string, there: boolean): void {
  const keys = namespaces.get(namespace) ?? new Set();
  namespaces.set(namespace, keys);
  if (there) keys.add(key);
  else keys.delete(key);
  if (keys.size === 0) namespaces.delete(namespace);
}

/** Who has set which field is as much again as the object, and nothing here asks. */
function light<T extends KubernetesObject>(object: T): T {
  const { managedFields: _, ...metadata }: T['metadata'] & { managedFields?: unknown } = object.metadata;
  return { ...object, metadata };
}

/** The server counts up with every write; what was deleted and made again has another uid, and a greater number too. */
function isNewer(one: KubernetesObject, other: KubernetesObject): boolean {
  return versionOf(one) > versionOf(other);
}

function versionOf({ metadata: { resourceVersion = '0' } }: KubernetesObject): bigint {
  return /^\d+$/.test(resourceVersion) ? BigInt(resourceVersion) : 0n;
}
