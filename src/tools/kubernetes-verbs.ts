import { isMapping } from '../manifest/mapping.ts';
import { attemptOf, type Caller } from './kubernetes-call.ts';
import { kubernetesReasonOf } from './kubernetes-fault.ts';
import type { Http } from './kubernetes-http.ts';
import { type Kind, pathOf, resourceOf } from './kubernetes-kinds.ts';
import {
  type CallOptions,
  type KubernetesObject,
  type ListOptions,
  type ObjectReference,
  type Selection,
  selectionQuery,
  typed,
  type ViewOptions,
} from './kubernetes-object.ts';
import type { WatchSource } from './kubernetes-watch.ts';

export interface DeleteOptions extends CallOptions {
  /** Only the very object that was seen: where another has taken its place, nothing is deleted. */
  readonly uid?: string | undefined;
  /** Background when absent; Foreground keeps the object until its dependents are gone. */
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  /** Seconds that a pod has to end by itself; its own when absent. */
  readonly graceSeconds?: number;
}

/** So many objects in one answer. */
const pageSize = '2000';

export async function askVersion(caller: Caller, http: Http, options: CallOptions): Promise<string> {
  const attempt = { verb: 'get', object: 'The version of the cluster' };
  const { body } = await caller.call(attempt, options, (bounds) =>
    http.send({ method: 'GET', path: '/version', ...bounds }),
  );
  return isMapping(body) ? String(body.gitVersion) : '';
}

export async function isServed(caller: Caller, kind: Kind, options: CallOptions): Promise<boolean> {
  try {
    await caller.send({ verb: 'list', kind, ...options }, { query: { limit: '1' } });
    return true;
  } catch (error) {
    if (kubernetesReasonOf(error) === 'notServed') return false;
    throw error;
  }
}

export async function getObject<T extends KubernetesObject>(
  caller: Caller,
  reference: ObjectReference,
  options: CallOptions,
): Promise<T | undefined> {
  try {
    return typed((await caller.send({ verb: 'get', ...reference, ...options }, {})).body);
  } catch (error) {
    if (kubernetesReasonOf(error) === 'notFound') return undefined;
    throw error;
  }
}

/** All objects of a selection, and the version of the cluster that a watch goes on from. */
export async function listObjects<T extends KubernetesObject>(
  caller: Caller,
  selection: Selection,
  { metadataOnly = false, ...options }: ListOptions,
): Promise<{ readonly objects: readonly T[]; readonly version: string }> {
  const { kind, namespace } = selection;
  const { apiVersion } = resourceOf(kind);
  const objects: T[] = [];
  for (let next = ''; ; ) {
    const query = { ...selectionQuery(selection), limit: pageSize, ...(next === '' ? {} : { continue: next }) };
    const { body } = await caller.send(
      { verb: 'list', kind, namespace, ...options },
      { query, ...acceptOf({ metadataOnly }, 'List') },
    );
    const { items, metadata } = typed<{
      items?: readonly T[];
      metadata: { resourceVersion: string; continue?: string };
    }>(body);
    // In lists of Kubernetes' own kinds, the items do not say what they are.
    for (const item of items ?? []) objects.push({ ...item, apiVersion, kind });
    next = metadata.continue ?? '';
    if (next === '') return { objects, version: metadata.resourceVersion };
  }
}

export async function mergeInto<T extends KubernetesObject>(
  caller: Caller,
  reference: ObjectReference,
  patch: object,
  options: CallOptions,
): Promise<T> {
  const query = { fieldManager: 'dk', fieldValidation: 'Strict' };
  const request = { method: 'PATCH', query, body: patch, contentType: 'application/merge-patch+json' } as const;
  return typed((await caller.send({ verb: 'patch', ...reference, ...options }, request)).body);
}

export async function deleteObject(
  caller: Caller,
  { kind, name, namespace }: ObjectReference,
  { uid, propagation = 'Background', graceSeconds, ...options }: DeleteOptions,
): Promise<boolean> {
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: propagation,
    ...(uid === undefined ? {} : { preconditions: { uid } }),
    ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
  };
  try {
    await caller.send({ verb: 'delete', kind, name, namespace, ...options }, { method: 'DELETE', body });
    return true;
  } catch (error) {
    const reason = kubernetesReasonOf(error);
    // With a uid, a conflict means that the object of this name is another one.
    if (reason === 'notFound' || (reason === 'conflict' && uid !== undefined)) return false;
    throw error;
  }
}

/** The requests of a watch of a selection. */
export function watchSource<T extends KubernetesObject>(
  caller: Caller,
  http: Http,
  selection: Selection,
  view: ViewOptions = {},
): WatchSource<T> {
  const { kind, namespace } = selection;
  return {
    list: (options) => listObjects<T>(caller, selection, { ...options, ...view }),
    open(version, seconds, options) {
      const query = {
        ...selectionQuery(selection),
        watch: 'true',
        resourceVersion: version,
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(seconds),
      };
      const path = pathOf(resourceOf(kind), namespace);
      return caller.call(attemptOf({ verb: 'watch', kind, namespace }), options, (bounds) =>
        http.stream({ method: 'GET', path, query, ...acceptOf(view, ''), ...bounds }),
      );
    },
  };
}

function acceptOf({ metadataOnly = false }: ViewOptions, form: 'List' | '') {
  return metadataOnly ? { accept: `application/json;as=PartialObjectMetadata${form};g=meta.k8s.io;v=v1` } : {};
}
