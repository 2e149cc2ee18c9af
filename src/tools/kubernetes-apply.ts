import { isMapping } from '../manifest/mapping.ts';
import type { Caller, Target } from './kubernetes-call.ts';
import { differingPaths } from './kubernetes-diff.ts';
import { kubernetesReasonOf } from './kubernetes-fault.ts';
import { isKnownKind } from './kubernetes-kinds.ts';
import { type CallOptions, describeObject, type KubernetesObject } from './kubernetes-object.ts';

export type ApplyOutcome = 'created' | 'changed' | 'unchanged';

export interface ApplyOptions extends CallOptions {
  /** Takes fields away from other owners: only in our own environment. */
  readonly force?: boolean;
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

/** For what must not be there yet: a conflict Failure where it is. */
export async function createObject(caller: Caller, object: KubernetesObject, options: CallOptions): Promise<void> {
  const query = { fieldManager: 'dk', fieldValidation: 'Strict' };
  const { name: _, ...collection } = targetOf(object, 'create');
  await caller.send({ ...collection, ...options }, { method: 'POST', query, body: object });
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
