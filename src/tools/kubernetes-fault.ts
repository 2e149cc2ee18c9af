import { join } from 'node:path';
import { Failure, type FailureKind, reasonOf } from '../failure.ts';
import { isMapping } from '../manifest/mapping.ts';
import { isOurs, type Kind, resourceOf } from './kubernetes-kinds.ts';
import { networkStageOf } from './network-fault.ts';

/** Why a call came to nothing, for programs. */
export type KubernetesReason =
  | 'unreachable'
  | 'timeout'
  | 'unauthorized'
  | 'forbidden'
  | 'notFound'
  /** The server has no such kind. */
  | 'notServed'
  | 'conflict'
  /** The namespace is being deleted. */
  | 'terminating'
  | 'invalid'
  /** What a watch would resume from is no longer kept. */
  | 'gone'
  | 'server';

/** The cause of every Failure of a call; see `kubernetesReasonOf`. */
export class KubernetesFault extends Error {
  readonly reason: KubernetesReason;
  readonly details: readonly string[];

  constructor(reason: KubernetesReason, message: string, details: readonly string[] = [], cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
    this.details = details;
  }
}

/** Which cluster is spoken to, and how to name things in hints. */
export interface Place {
  readonly contextName: string;
  readonly server: string;
  /** `dk` or `npx dk`. */
  readonly program: string;
  /** Absolute path of dk's own entry file. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What was tried: `get`, `apply`, …, with the kind's resource and the object for people. */
export interface Attempt {
  readonly verb: string;
  readonly kind?: Kind | undefined;
  /** `Store warehouse in namespace dk-canary` */
  readonly object: string;
  readonly namespace?: string | undefined;
}

/** Why a call failed, or undefined for what was no call to a cluster. */
export function kubernetesReasonOf(error: unknown): KubernetesReason | undefined {
  if (error instanceof KubernetesFault) return error.reason;
  return error instanceof Failure ? kubernetesReasonOf(error.cause) : undefined;
}

/** The fault behind an answer that is no success, from its Status object or plain text. */
export function faultOfAnswer(status: number, body: unknown): KubernetesFault {
  const { message, details } = isMapping(body) ? body : {};
  const text = typeof message === 'string' && message !== '' ? message : `the server answered ${status}`;
  const named = isMapping(details) && typeof details.name === 'string';
  const causes = isMapping(details) && Array.isArray(details.causes) ? details.causes.filter(isMapping) : [];
  if (causes.some(({ reason }) => reason === 'NamespaceTerminating')) return new KubernetesFault('terminating', text);
  return new KubernetesFault(reasonOfStatus(status, text, named), text, [
    ...new Set(causes.map(({ field, message: why }) => [field, why].filter(Boolean).join(': '))),
  ]);
}

/** The Failure that tells the user why a call failed; what is neither an answer nor a broken connection is given back. */
export function kubernetesFailure(place: Place, attempt: Attempt, error: unknown): unknown {
  const fault = error instanceof KubernetesFault ? error : connectionFault(error);
  if (!fault) return error;
  const { kind, what, why, next } = explain(place, attempt, fault);
  return new Failure(kind, { what, why, next, cause: mayQuoteSecret(attempt, fault) ? withoutText(fault) : fault });
}

/** Node's errors of connections carry a code, and ours do not. */
function connectionFault(error: unknown): KubernetesFault | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return new KubernetesFault('unreachable', reasonOf(error), [], error);
}

/** The server quotes the values that it refuses. */
function mayQuoteSecret({ kind }: Attempt, { reason }: KubernetesFault): boolean {
  return kind === 'Secret' && reason === 'invalid';
}

function withoutText({ reason }: KubernetesFault): KubernetesFault {
  return new KubernetesFault(reason, 'the server refused it');
}

interface Explanation {
  readonly kind: FailureKind;
  readonly what: string;
  readonly why: readonly string[];
  readonly next: readonly string[];
}

function reasonOfStatus(status: number, text: string, named: boolean): KubernetesReason {
  if (status === 404 && !named) return 'notServed';
  // To server-side apply, what does not fit the schema is an internal error.
  if (status === 500 && /^failed to create typed patch object|illegal base64 data/.test(text)) return 'invalid';
  return reasons[status] ?? 'server';
}

const reasons: Readonly<Record<number, KubernetesReason>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'notFound',
  408: 'timeout',
  409: 'conflict',
  410: 'gone',
  413: 'invalid',
  415: 'invalid',
  422: 'invalid',
  504: 'timeout',
};

function explain(place: Place, attempt: Attempt, fault: KubernetesFault): Explanation {
  const { contextName, server } = place;
  const kubectl = `kubectl --context ${contextName}`;
  const why = [fault.message];
  switch (fault.reason) {
    case 'unreachable':
      return {
        kind: 'prerequisite',
        what: `The cluster of context ${contextName} cannot be reached`,
        why: [`${server}: ${fault.message}`, ...onTheWay(place, fault)],
        next: [`${kubectl} version`],
      };
    case 'timeout':
      return {
        kind: 'stillStarting',
        what: `${attempt.object}: context ${contextName} did not answer in time`,
        why: [`${server}: ${fault.message}`],
        next: [`${kubectl} get --raw /readyz`],
      };
    case 'unauthorized':
      return {
        kind: 'prerequisite',
        what: `The cluster of context ${contextName} does not accept your login`,
        why: [`${server}: ${fault.message}`],
        next: ['Log in to the cluster again', `${kubectl} auth whoami`],
      };
    case 'forbidden':
      return forbidden(attempt, contextName, why);
    case 'notServed':
      return notServed(place, attempt, fault);
    case 'conflict':
    case 'terminating':
      return { kind: 'conflict', ...conflict(attempt, contextName, fault) };
    case 'invalid':
      return {
        kind: 'invalid',
        what: `${attempt.object} is refused by context ${contextName} as invalid`,
        why: mayQuoteSecret(attempt, fault) ? ['its keys must be names and its values base64'] : why,
        next: [],
      };
    case 'notFound':
      return { kind: 'notFound', what: `${attempt.object} is not in context ${contextName}`, why, next: [] };
    case 'gone':
    case 'server':
      return {
        kind: 'unhealthy',
        what: `${attempt.object}: ${attempt.verb} failed in context ${contextName}`,
        why: [`${server}: ${fault.message}`],
        next: [`${kubectl} get --raw /readyz?verbose`],
      };
  }
}

/** A certificate that the kubeconfig's authority did not sign, or a proxy that Node would have to be told of. */
function onTheWay({ env, contextName }: Place, { cause }: KubernetesFault): readonly string[] {
  if (networkStageOf(cause) === 'tls') {
    return ['its certificate is not signed by the authority in the kubeconfig: another cluster, or a proxy in between'];
  }
  const proxy = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'].find((name) => env[name]);
  if (proxy === undefined) return [];
  return [`${proxy} is set and not used for clusters; set proxy-url of the cluster of context ${contextName}`];
}

function forbidden(
  { verb, kind, object, namespace }: Attempt,
  contextName: string,
  why: readonly string[],
): Explanation {
  const resource = kind === undefined ? object : resourceOf(kind).plural;
  const scope = namespace === undefined ? ['--all-namespaces'] : ['-n', namespace];
  const permission = rbacVerbs[verb] ?? verb;
  const place = namespace === undefined ? 'in all namespaces' : `in namespace ${namespace}`;
  return {
    kind: 'refused',
    what: `You may not ${permission} ${resource} ${place} of context ${contextName}`,
    why,
    next: [
      `kubectl --context ${contextName} auth can-i ${permission} ${resource} ${scope.join(' ')}`,
      'Ask who runs the cluster for a Role with that permission',
    ],
  };
}

/** The names of Kubernetes' permissions where ours differ. */
const rbacVerbs: Readonly<Record<string, string>> = { apply: 'patch', logs: 'get', exec: 'create' };

function notServed(place: Place, { kind, object }: Attempt, { message }: KubernetesFault): Explanation {
  const { contextName, program, entry } = place;
  if (kind === undefined || !isOurs(resourceOf(kind))) {
    return { kind: 'prerequisite', what: `Context ${contextName} does not serve ${object}`, why: [message], next: [] };
  }
  return {
    kind: 'prerequisite',
    what: `The cluster of context ${contextName} does not know ${resourceOf(kind).plural}`,
    why: ["dk's CustomResourceDefinitions are not installed in it"],
    next: [
      `kubectl --context ${contextName} apply -f ${join(entry, '../../infra-manifests/crds')}`,
      `Or make a local cluster that has them: ${program} dev up`,
    ],
  };
}

function conflict({ object }: Attempt, contextName: string, fault: KubernetesFault): Omit<Explanation, 'kind'> {
  if (fault.reason === 'terminating') {
    return {
      what: `${object}: its namespace is being deleted from context ${contextName}`,
      why: [fault.message],
      next: ['Try again once it is gone'],
    };
  }
  const managers = fault.details.filter((detail) => detail.includes('conflict with'));
  return {
    what: `${object} in context ${contextName} has ${managers.length === 0 ? 'been changed meanwhile' : 'another owner'}`,
    why: managers.length === 0 ? [fault.message] : managers,
    next: managers.length === 0 ? ['Try again'] : ['Make the change with the tool that owns these fields'],
  };
}
