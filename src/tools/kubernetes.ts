import type { Readable } from 'node:stream';
import type { Context } from '../context.ts';
import type { JsonMemory } from './json-memory.ts';
import {
  type ApplyOptions,
  type ApplyOutcome,
  applyObject,
  createObject,
  type WriteOptions,
  whyApply,
  writeObject,
} from './kubernetes-apply.ts';
import { createCaller } from './kubernetes-call.ts';
import type { KubeconfigSource } from './kubernetes-config.ts';
import { type ExecOptions, type ExecResult, execInPod } from './kubernetes-exec.ts';
import { openHttp } from './kubernetes-http.ts';
import type { Kind } from './kubernetes-kinds.ts';
import { type LogOptions, openLog } from './kubernetes-log.ts';
import { openLogin } from './kubernetes-login.ts';
import type {
  CallOptions,
  KubernetesObject,
  ListOptions,
  ObjectReference,
  Selection,
  ViewOptions,
} from './kubernetes-object.ts';
import {
  askVersion,
  type DeleteOptions,
  deleteObject,
  getObject,
  isServed,
  listObjects,
  mergeInto,
  watchSource,
} from './kubernetes-verbs.ts';
import { type WaitOptions, waitForObjects } from './kubernetes-wait.ts';
import { type WatchEvent, watchObjects } from './kubernetes-watch.ts';

export type { Kind, KubernetesObject };

/**
 * A cluster, as one login sees it. Every call ends within its time-out and with the signal of the Context, and fails with a
 * Failure; `kubernetesReasonOf` tells programs why. Types of objects are the caller's word: the server's answer is not checked.
 */
export interface Kubernetes {
  readonly contextName: string;
  /** `https://127.0.0.1:6443` */
  readonly server: string;
  /** Such as `v1.34.3+k3s1`. */
  version(options?: CallOptions): Promise<string>;
  /** Whether the server has this kind; a CRD is served only a while after it is Established. */
  serves(kind: Kind, options?: CallOptions): Promise<boolean>;
  get<T extends KubernetesObject>(reference: ObjectReference, options?: CallOptions): Promise<T | undefined>;
  list<T extends KubernetesObject>(selection: Selection, options?: ListOptions): Promise<readonly T[]>;
  /** For what must not be there yet: a conflict Failure where it is. Gives what the server made of it. */
  create<T extends KubernetesObject>(object: T, options?: CallOptions): Promise<T>;
  /** Server-side apply as field manager `dk`: fields that dk no longer says go away, those of others stay. */
  apply<T extends KubernetesObject>(object: T, options?: ApplyOptions): Promise<ApplyOutcome>;
  /** The same for the status alone. */
  applyStatus<T extends KubernetesObject>(object: T, options?: ApplyOptions): Promise<ApplyOutcome>;
  /** Server-side apply in one request, by force: for who has seen that it is needed. Gives what the server made of it. */
  write<T extends KubernetesObject>(object: T, options: WriteOptions): Promise<T>;
  /** Why `apply` is needed, such as `Deployment postgres in namespace dk-infra differs in spec.replicas`; writes nothing. */
  wouldChange<T extends KubernetesObject>(object: T, options?: ApplyOptions): Promise<string | undefined>;
  /** JSON merge patch of an object that is there: null removes a field, whoever owns it. */
  merge<T extends KubernetesObject>(reference: ObjectReference, patch: object, options?: CallOptions): Promise<T>;
  /** False where it was not there; after true, its end can be waited for. */
  delete(reference: ObjectReference, options?: DeleteOptions): Promise<boolean>;
  /** Follows a selection until the signal is aborted, which throws the signal's reason. */
  watch<T extends KubernetesObject>(
    selection: Selection,
    signal?: AbortSignal,
    view?: ViewOptions,
  ): AsyncIterable<WatchEvent<T>>;
  /** Waits until the selection is as wanted and gives it. */
  waitFor<T extends KubernetesObject>(selection: Selection, options: WaitOptions<T>): Promise<readonly T[]>;
  /** Whatever the command's exit code. */
  exec(options: ExecOptions): Promise<ExecResult>;
  /** The output of a container as it comes; the stream ends with the container where it is followed. */
  logs(options: LogOptions): Promise<Readable>;
}

type Needs = Pick<Context, 'program' | 'entry' | 'env' | 'signal' | 'secrets'>;

/** Opens one context of a kubeconfig; asks the server nothing yet. With `memory`, see `openLogin`. */
export async function openKubernetes(
  context: Needs,
  source: KubeconfigSource,
  contextName: string,
  memory?: JsonMemory,
): Promise<Kubernetes> {
  const login = await openLogin(source, contextName, memory);
  const { program, entry, env, signal, secrets } = context;
  const { server } = login;
  secrets.add(login.secrets);
  const http = openHttp(login);
  const caller = createCaller(http, { contextName, server, program, entry, env }, context);
  const either = (other: AbortSignal | undefined) => (other ? AbortSignal.any([signal, other]) : signal);
  return {
    contextName,
    server,
    version: (options = {}) => askVersion(caller, http, options),
    serves: (kind, options = {}) => isServed(caller, kind, options),
    get: (reference, options = {}) => getObject(caller, reference, options),
    list: async <T extends KubernetesObject>(selection: Selection, options: ListOptions = {}) =>
      (await listObjects<T>(caller, selection, options)).objects,
    create: (object, options = {}) => createObject(caller, object, options),
    apply: (object, options = {}) => applyObject(caller, object, options),
    applyStatus: (object, options = {}) => applyObject(caller, object, options, '/status'),
    write: (object, options) => writeObject(caller, object, options),
    wouldChange: (object, options = {}) => whyApply(caller, object, options),
    merge: (reference, patch, options = {}) => mergeInto(caller, reference, patch, options),
    delete: (reference, options = {}) => deleteObject(caller, reference, options),
    watch: (selection, other, view) => watchObjects(watchSource(caller, http, selection, view), either(other)),
    waitFor: (selection, options) =>
      waitForObjects(watchSource(caller, http, selection), selection, { ...options, signal: either(options.signal) }),
    exec: (options) => {
      const object = `Pod ${options.pod} in namespace ${options.namespace}`;
      return caller.call({ verb: 'exec', kind: 'Pod', object, namespace: options.namespace }, options, async (bounds) =>
        execInPod(await login.config(), { ...options, ...bounds }),
      );
    },
    logs: (options) => openLog(caller, http, options),
  };
}
