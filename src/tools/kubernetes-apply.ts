import { isMapping } from '../manifest/mapping.ts';
import type { Caller, Target } from './kubernetes-call.ts';
import { differingPaths } from './kubernetes-diff.ts';
import { kubernetesReasonOf } from './kubernetes-fault.ts';
import { isKnownKind } from './kubernetes-kinds.ts';
import { type CallOptions, describeObject, type KubernetesObject, typed } from './kubernetes-object.ts';

export type ApplyOutcome = 'created' | 'changed' | 'unchanged';

export interface ApplyOptions extends CallOptions {
  /** Takes fields away from other owners: only in our own environment. */
  readonly force?: boolean;
}

export interface WriteOptions extends CallOptions {
  /** Whose fields they are. */
  readonly manager: string;
  /** The whole object, without its status, when absent. */
  readonly part?: 'whole' | 'status';
}

type Part = '' | '/status';

/** Reads before it writes, since the server does not say whether a patch has changed anything. */
export async function applyObject(
  caller: Caller,
  object: KubernetesObject,
  options: ApplyOptions,
  part: Part = '',
): Promise<ApplyOutcome> {
  const before = await readObject(caller, object, options);
  const { status, after } = await patch(caller, object, options, part, {});
  if (status === 201) return 'created';
  return before && differingPaths(before, after).length === 0 ? 'unchanged' : 'changed';
}

/** For what must not be there yet: a conflict Failure where it is. Gives what the server made of it. */
export async function createObject<T extends KubernetesObject>(
  caller: Caller,
  object: T,
  options: CallOptions,
): Promise<T> {
  const query = { fieldManager: 'dk', fieldValidation: 'Strict' };
  const { name: _, ...collection } = targetOf(object, 'create');
  return typed((await caller.send({ ...collection, ...options }, { method: 'POST', query, body: object })).body);
}

/** One request, which takes fields away from other owners: for who has seen that it is needed, and keeps what it gives. */
export async function writeObject<T extends KubernetesObject>(
  caller: Caller,
  object: T,
  { manager, part = 'whole', signal, timeoutMs }: WriteOptions,
): Promise<T> {
  const query = { fieldManager: manager, fieldValidation: 'Strict', force: 'true' };
  const request = { method: 'PATCH', query, body: object, contentType: 'application/apply-patch+yaml' } as const;
  const target = { ...targetOf(object, 'apply'), signal, timeoutMs };
  return typed((await caller.send(target, request, part === 'status' ? '/status' : '')).body);
}

/** What applying would change, for people; a server answers a dry run as it would the real one. */
export async function whyApply(
  caller: Caller,
  object: KubernetesObject,
  options: ApplyOptions,
): Promise<string | undefined> {
  const name = describeObject(targetOf(object, 'get'));
  const before = await readObject(caller, object, options);
  if (before === undefined) return `${name} is not there`;
  const { after } = await patch(caller, object, options, '', { dryRun: 'All' });
  const paths = differingPaths(before, after);
  return paths.length === 0 ? undefined : `${name} differs in ${paths.join(', ')}`;
}

async function readObject(caller: Caller, object: KubernetesObject, { signal, timeoutMs }: CallOptions) {
  try {
    return asObject((await caller.send({ ...targetOf(object, 'get'), signal, timeoutMs }, {})).body);
  } catch (error) {
    if (kubernetesReasonOf(error) === 'notFound') return undefined;
    throw error;
  }
}

async function patch(
  caller: Caller,
  object: KubernetesObject,
  { force = false, signal, timeoutMs }: ApplyOptions,
  part: Part,
  extra: Readonly<Record<string, string>>,
) {
  const query = { fieldManager: 'dk', fieldValidation: 'Strict', force: String(force), ...extra };
  const request = { method: 'PATCH', query, body: object, contentType: 'application/apply-patch+yaml' } as const;
  const { status, body } = await caller.send({ ...targetOf(object, 'apply'), signal, timeoutMs }, request, part);
  return { status, after: asObject(body) };
}

function targetOf({ kind, metadata }: KubernetesObject, verb: string): Target {
  if (!isKnownKind(kind)) throw new Error(`dk knows no path for kind ${kind}`);
  return { verb, kind, name: metadata.name, namespace: metadata.namespace };
}

function asObject(body: unknown): object {
  return isMapping(body) ? body : {};
}
