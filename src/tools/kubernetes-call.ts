import type { Context } from '../context.ts';
import { type Attempt, kubernetesFailure, type Place } from './kubernetes-fault.ts';
import type { ApiAnswer, ApiRequest, Http } from './kubernetes-http.ts';
import { type Kind, pathOf, type Resource, resourceOf } from './kubernetes-kinds.ts';
import { type CallOptions, describeObject } from './kubernetes-object.ts';

/** What a call is about, and what is done with it. */
export interface Target extends CallOptions {
  readonly verb: string;
  readonly kind: Kind;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** How every call is made: with the signal of the command, and failing with a Failure. */
export interface Caller {
  send(target: Target, request: Partial<ApiRequest>, subresource?: string): Promise<ApiAnswer>;
  call<Result>(attempt: Attempt, options: CallOptions, work: (bounds: CallOptions) => Promise<Result>): Promise<Result>;
}

export function createCaller(http: Http, place: Place, { signal: always }: Pick<Context, 'signal'>): Caller {
  const caller: Caller = {
    async call(attempt, { signal, timeoutMs }, work) {
      const either = signal ? AbortSignal.any([always, signal]) : always;
      try {
        return await work({ signal: either, timeoutMs });
      } catch (error) {
        either.throwIfAborted();
        throw kubernetesFailure(place, attempt, error);
      }
    },
    send(target, request, subresource = '') {
      const path = pathOf(requireNamespace(target), target.namespace, target.name) + subresource;
      return caller.call(attemptOf(target), target, (bounds) =>
        http.send({ method: 'GET', ...request, path, ...bounds }),
      );
    },
  };
  return caller;
}

export function attemptOf({ verb, kind, namespace, name }: Target): Attempt {
  return { verb, kind, namespace, object: describeObject({ kind, name, namespace }) };
}

/** One object of a namespaced kind is nowhere without its namespace. */
function requireNamespace({ kind, name, namespace }: Target): Resource {
  const resource = resourceOf(kind);
  if (!resource.namespaced || name === undefined || namespace !== undefined) return resource;
  throw new Error(`${kind} ${name} was asked for without a namespace`);
}
